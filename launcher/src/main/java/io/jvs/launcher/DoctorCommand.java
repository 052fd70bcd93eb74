package io.jvs.launcher;

import io.jvs.kernel.doctor.Doctor;
import io.jvs.kernel.doctor.Finding;
import io.jvs.kernel.doctor.Finding.Level;
import io.jvs.launcher.configuration.Configuration;
import io.jvs.launcher.control.Json;
import io.jvs.model.VirtualService;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code jvs doctor}. */
@Command(
    name = "doctor",
    mixinStandardHelpOptions = true,
    header = "Looks at this host and says what IPVS needs here and what is in its way.",
    description = {
      "",
      "Only looks: each finding has the command that mends it. With a file it looks for what the",
      "services need that the file gives to the kernel (transport: ipvs).",
      "Exit status: 0 no error, 1 errors, 2 wrong file, 3 no right to ask the kernel."
    })
final class DoctorCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "FILE",
      arity = "0..1",
      description = "the file, in YAML; see docs/configuration.md")
  private @Nullable Path file;

  @Mixin private final OutputOptions output = new OutputOptions();

  @Option(
      names = "--root",
      hidden = true,
      defaultValue = "/",
      description = "a directory with copies of /proc and /sys")
  private Path root;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    List<VirtualService> services = List.of();
    PrintWriter out = spec.commandLine().getOut();
    if (file != null) {
      Configuration configuration = Configurations.readOrFail(file);
      services = configuration.kernelServices();
    }
    List<Finding> findings = Doctor.examine(root, services);
    if (output.isJson()) {
      out.print(Json.write(Map.of("findings", findings)));
    } else {
      if (file != null && services.isEmpty()) {
        out.println(file + " gives no service to the kernel (transport: ipvs); in general:");
      }
      findings.forEach(finding -> out.print(text(finding)));
    }
    out.flush();
    return status(findings);
  }

  static String text(Finding finding) {
    String level = finding.level().name().toLowerCase(Locale.ROOT);
    return String.format("%-7s %s: %s%n", level, finding.topic(), finding.meaning())
        + String.format("        seen: %s%n", finding.seen())
        + (finding.remedy() == null ? "" : String.format("        mend: %s%n", finding.remedy()));
  }

  private static int status(List<Finding> findings) {
    List<String> errors =
        findings.stream()
            .filter(finding -> finding.level() == Level.ERROR)
            .map(Finding::topic)
            .toList();
    return errors.contains(Finding.RIGHTS)
        ? ExitStatus.NOT_PERMITTED
        : errors.isEmpty() ? ExitStatus.FINE : ExitStatus.FAILED;
  }
}

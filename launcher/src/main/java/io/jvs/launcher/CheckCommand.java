package io.jvs.launcher;

import io.jvs.launcher.configuration.Configuration;
import io.jvs.model.VirtualService;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code jvs check FILE}. */
@Command(
    name = "check",
    mixinStandardHelpOptions = true,
    header = "Says whether a configuration file is right, and if not, all that is wrong.",
    description = {
      "",
      "Nothing is started, no address is used, no name server is asked.",
      "Each problem is a line FILE:LINE:COLUMN: PATH: VALUE (expected: ...).",
      "What is right but hardly meant is such a line too, with 'warning:' before it.",
      "Exit status: 0 the file is right, 2 it is not."
    })
final class CheckCommand implements Callable<Integer> {
  @Parameters(paramLabel = "FILE", description = "the file, in YAML; see docs/configuration.md")
  private Path file;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    Configuration configuration = Configurations.readOrFail(file);
    PrintWriter out = spec.commandLine().getOut();
    out.println(file + ": right");
    for (VirtualService service : configuration.services()) {
      out.println("  " + describe(service));
    }
    out.flush();
    PrintWriter err = spec.commandLine().getErr();
    configuration.warnings().forEach(warning -> err.println("warning: " + warning));
    err.flush();
    return ExitStatus.FINE;
  }

  /** {@code web: tcp 192.0.2.10:80, wlc, 3 real servers}. */
  static String describe(VirtualService service) {
    String address = service.address().toString();
    int servers = service.realServers().size();
    return (service.name().equals(address) ? "" : service.name() + ": ")
        + address
        + ", "
        + service.scheduler()
        + ", "
        + servers
        + (servers == 1 ? " real server" : " real servers");
  }
}

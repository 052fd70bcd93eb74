package io.jvs.launcher;

import io.jvs.kernel.ipvs.CommandText;
import io.jvs.kernel.ipvs.IpvsCommand;
import io.jvs.kernel.ipvs.IpvsPlan;
import io.jvs.kernel.ipvs.IpvsSnapshot;
import io.jvs.kernel.ipvs.IpvsTransport;
import io.jvs.kernel.ipvs.SavedTable;
import io.jvs.kernel.ipvs.Step;
import io.jvs.launcher.configuration.Configuration;
import io.jvs.transport.UnsupportedServiceException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code jvs plan FILE}. */
@Command(
    name = "plan",
    mixinStandardHelpOptions = true,
    header = "Shows what 'jvs run' would change in the kernel, like a diff, and changes nothing.",
    description = {
      "",
      "For services with 'transport: ipvs', all servers up. Lines are arguments of ipvsadm:",
      "+ adds, - deletes, ~ edits, with what differs behind it.",
      "Exit status: 0 nothing to change, 4 something to change, 1 failed, 2 wrong file,",
      "3 no right to ask the kernel, or no module."
    })
final class PlanCommand implements Callable<Integer> {
  @Parameters(paramLabel = "FILE", description = "the file, in YAML; see docs/configuration.md")
  private Path file;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    Configuration configuration = Configurations.readOrFail(file);
    List<Step> steps =
        KernelAccess.ask(
            table -> {
              IpvsSnapshot snapshot = table.snapshot();
              SavedTable present = SavedTable.of(snapshot, table.timeouts(), table.daemons());
              return steps(configuration, snapshot, present);
            });
    PrintWriter out = spec.commandLine().getOut();
    steps.forEach(step -> out.println(line(step)));
    if (steps.isEmpty()) {
      out.println(
          configuration.kernelServices().isEmpty()
              ? "nothing to change: no service has 'transport: ipvs'"
              : "nothing to change: the kernel's table is as " + file + " says");
    }
    out.flush();
    return steps.isEmpty() ? ExitStatus.FINE : ExitStatus.CHANGES;
  }

  private List<Step> steps(Configuration configuration, IpvsSnapshot snapshot, SavedTable present) {
    try {
      List<Step> steps =
          new ArrayList<>(
              SavedTable.settings(
                  configuration.kernelServices(), configuration.ipvs().sync(), present));
      boolean all = configuration.ipvs().takeOver() == IpvsTransport.TakeOver.ALL;
      steps.addAll(IpvsPlan.of(snapshot, configuration.kernelServices(), all));
      return steps;
    } catch (UnsupportedServiceException e) {
      throw new CommandFailure(ExitStatus.WRONG, file + ": " + e.getMessage());
    }
  }

  /** {@code ~ -e -t 10.0.0.100:80 -r 10.9.0.1:80 -m -w 3 (weight 1 -> 3)}. */
  static String line(Step step) {
    IpvsCommand command = step.command();
    boolean adds =
        command instanceof IpvsCommand.AddService
            || command instanceof IpvsCommand.AddDestination
            || command instanceof IpvsCommand.StartDaemon;
    boolean deletes =
        command instanceof IpvsCommand.DeleteService
            || command instanceof IpvsCommand.DeleteDestination
            || command instanceof IpvsCommand.StopDaemon
            || command instanceof IpvsCommand.Flush;
    String reason =
        step.reason().isEmpty() || step.reason().equals("new") ? "" : "  (" + step.reason() + ")";
    return (adds ? "+ " : deletes ? "- " : "~ ") + CommandText.of(command) + reason;
  }
}

package io.jvs.launcher;

import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code jvs}. */
@Command(
    name = "jvs",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    synopsisSubcommandLabel = "COMMAND",
    header = "JVS, a virtual server: one address in front, several real servers behind.",
    description = {
      "",
      "Begin with 'jvs demo': it needs no file and shows in seconds what JVS does."
    },
    commandListHeading = "%nCommands:%n",
    optionListHeading = "%nOptions:%n",
    footer = {
      "",
      "'jvs COMMAND --help' explains a command. The file is described in docs/configuration.md.",
      "Exit status: 0 fine, 1 failed, 2 wrong configuration or usage, 3 not permitted,",
      "4 (plan) there is something to change."
    },
    subcommands = {
      DemoCommand.class,
      RunCommand.class,
      CheckCommand.class,
      PlanCommand.class,
      DoctorCommand.class,
      StatusCommand.class,
      ReloadCommand.class,
      MetricsCommand.class,
      ExplainCommand.class,
      OrderCommand.Drain.class,
      OrderCommand.Maintenance.class,
      OrderCommand.ForceUp.class,
      OrderCommand.ForceDown.class,
      OrderCommand.Weight.class,
      OrderCommand.Release.class,
      AgentCommand.class,
      KernelTableCommand.class
    })
public final class Main implements Runnable {
  @Spec private CommandSpec spec;

  private Main() {}

  public static void main(String[] arguments) {
    System.exit(commandLine().execute(arguments));
  }

  static CommandLine commandLine() {
    return new CommandLine(new Main())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setUsageHelpAutoWidth(true)
        .setExecutionExceptionHandler(Main::failed);
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }

  private static int failed(Exception e, CommandLine command, CommandLine.ParseResult arguments) {
    PrintWriter err = command.getErr();
    if (e instanceof CommandFailure failure) {
      err.println(failure.getMessage());
      err.flush();
      return failure.exitStatus();
    }
    err.println("jvs: this should not have happened; please report it with what follows");
    e.printStackTrace(err);
    err.flush();
    return ExitStatus.FAILED;
  }
}

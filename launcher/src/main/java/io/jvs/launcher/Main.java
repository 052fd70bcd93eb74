package io.jvs.launcher;

import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
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
    })
public final class Main implements Runnable {
  static final String WAIT_THRESHOLD = "io.netty.channel.epoll.epollWaitThreshold";

  /** In the order of the help. The names are those of their annotations. */
  private static final Map<String, Class<?>> COMMANDS = new LinkedHashMap<>();

  static {
    COMMANDS.put("demo", DemoCommand.class);
    COMMANDS.put("run", RunCommand.class);
    COMMANDS.put("check", CheckCommand.class);
    COMMANDS.put("plan", PlanCommand.class);
    COMMANDS.put("doctor", DoctorCommand.class);
    COMMANDS.put("status", StatusCommand.class);
    COMMANDS.put("connections", ConnectionsCommand.class);
    COMMANDS.put("reload", ReloadCommand.class);
    COMMANDS.put("metrics", MetricsCommand.class);
    COMMANDS.put("explain", ExplainCommand.class);
    COMMANDS.put("drain", OrderCommand.Drain.class);
    COMMANDS.put("maintenance", OrderCommand.Maintenance.class);
    COMMANDS.put("force-up", OrderCommand.ForceUp.class);
    COMMANDS.put("force-down", OrderCommand.ForceDown.class);
    COMMANDS.put("weight", OrderCommand.Weight.class);
    COMMANDS.put("release", OrderCommand.Release.class);
    COMMANDS.put("agent", AgentCommand.class);
    COMMANDS.put("ipvs", KernelTableCommand.class);
  }

  @Spec private CommandSpec spec;

  private Main() {}

  public static void main(String[] arguments) {
    waitWithoutTimers();
    System.exit(execute(arguments));
  }

  /**
   * Has Netty's epoll loops leave their timers armed (timerfd_settime(2)) while they wait, instead
   * of arming one in the kernel with each wait (epoll_pwait2(2)): 2 us of a UDP request and its
   * answer. Netty reads it once, so before it is used; not if somebody has said otherwise.
   */
  static void waitWithoutTimers() {
    if (System.getProperty(WAIT_THRESHOLD) == null) {
      System.setProperty(
          WAIT_THRESHOLD, "0"); // of milliseconds; with 0 no wait has a timer of its own
    }
  }

  /** The exit status. */
  static int execute(String... arguments) {
    return isPlainRun(arguments)
        ? runFile(arguments[1])
        : commandLine(arguments).execute(arguments);
  }

  /** {@code run FILE} and nothing else, as directors are started: not an option, nor @FILE. */
  static boolean isPlainRun(String... arguments) {
    return arguments.length == 2
        && arguments[0].equals("run")
        && !arguments[1].isEmpty()
        && "-@".indexOf(arguments[1].charAt(0)) < 0;
  }

  /** What the command line does for {@code run FILE}, without the fifth of the start it takes. */
  private static int runFile(String file) {
    try {
      return new RunCommand(Path.of(file)).call();
    } catch (RuntimeException e) {
      return failed(e, new PrintWriter(System.err, true, Charset.defaultCharset()));
    }
  }

  /**
   * The command line that can do what these arguments ask for. Picocli looks at every option of
   * every command it is given, which is a fifth of the time a director takes to start; so it is
   * given the one that is called, and all only if it has to speak about them.
   */
  static CommandLine commandLine(String... arguments) {
    CommandLine line = new CommandLine(new Main());
    Class<?> called = arguments.length == 0 ? null : COMMANDS.get(arguments[0]);
    if (called == null) {
      COMMANDS.forEach(line::addSubcommand);
    } else {
      line.addSubcommand(arguments[0], called);
    }
    return line.setCaseInsensitiveEnumValuesAllowed(true)
        .setUsageHelpAutoWidth(true)
        .setExecutionExceptionHandler(Main::failed);
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }

  private static int failed(Exception e, CommandLine command, CommandLine.ParseResult arguments) {
    return failed(e, command.getErr());
  }

  private static int failed(Exception e, PrintWriter err) {
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

package io.jvs.launcher;

import io.jvs.launcher.control.ExplainReport;
import io.jvs.launcher.control.OrderRequest;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * Commands that order something about one server; it holds until it is taken back or has run out,
 * over reloads too, and with {@code state} in the file over restarts. What a command is called is
 * what it orders.
 */
@Command(mixinStandardHelpOptions = true, description = OrderCommand.EXIT)
abstract class OrderCommand implements Callable<Integer> {
  static final String EXIT =
      "%nExit status: 0 done, 1 no director answers, 2 wrong usage or no such server.";

  @Mixin private final ServerOptions server = new ServerOptions();

  @Spec private CommandSpec spec;

  /** What else to say. */
  Map<String, String> settings() {
    return Map.of();
  }

  @Override
  public Integer call() {
    ExplainReport report =
        ServerOptions.report(
            server.ask(
                "POST",
                OrderRequest.query(spec.name(), server.service(), server.server(), settings())));
    PrintWriter out = spec.commandLine().getOut();
    out.println(
        report.server()
            + " of "
            + report.service()
            + " "
            + report.conclusion()
            + "; "
            + report.connections()
            + " connections");
    out.flush();
    return ExitStatus.FINE;
  }

  /** Who and why, and until when. */
  abstract static class Given extends OrderCommand {
    @Option(names = "--why", paramLabel = "TEXT", description = "for people who wonder later")
    private @Nullable String why;

    @Option(names = "--who", paramLabel = "NAME", description = "default: the login name")
    private @Nullable String who;

    @Option(
        names = "--until",
        paramLabel = "TIME",
        description = "when it ends by itself: a duration such as 10m, or 2026-01-31T12:00:00Z")
    private @Nullable String until;

    @Override
    Map<String, String> settings() {
      Map<String, String> settings = new LinkedHashMap<>();
      settings.put("who", who == null ? System.getProperty("user.name", "somebody") : who);
      if (why != null) {
        settings.put("why", why);
      }
      if (until != null) {
        settings.put("until", until);
      }
      return settings;
    }
  }

  /** With a deadline for what is open. */
  abstract static class Emptying extends Given {
    @Option(
        names = "--deadline",
        paramLabel = "TIME",
        description = "when connections that are still open are reset, as --until; default: never")
    private @Nullable String deadline;

    @Override
    Map<String, String> settings() {
      Map<String, String> settings = super.settings();
      if (deadline != null) {
        settings.put("deadline", deadline);
      }
      return settings;
    }
  }

  @Command(
      name = "drain",
      header = "Gives a server nothing new but from remembered clients; what is open goes on.")
  static final class Drain extends Emptying {}

  @Command(
      name = "maintenance",
      header = "Gives a server nothing new at all, and stops its checks.")
  static final class Maintenance extends Emptying {}

  @Command(
      name = "force-up",
      header = "Uses a server although checks, traffic or its agent say that it does not work.")
  static final class ForceUp extends Given {}

  @Command(name = "force-down", header = "Gives a server nothing new at all; its checks go on.")
  static final class ForceDown extends Given {}

  @Command(name = "weight", header = "Fixes the weight of a server, whatever else bears on it.")
  static final class Weight extends Given {
    @Parameters(index = "2", paramLabel = "WEIGHT", description = "0 to 65535; 0 quiesces it")
    private int weight;

    @Override
    Map<String, String> settings() {
      Map<String, String> settings = super.settings();
      settings.put("weight", Integer.toString(weight));
      return settings;
    }
  }

  @Command(
      name = "release",
      header = "Takes back what was ordered about a server by the commands above.")
  static final class Release extends OrderCommand {}
}

package io.jvs.launcher;

import io.jvs.launcher.control.ConnectionSelection;
import io.jvs.launcher.control.ConnectionsReport;
import io.jvs.launcher.control.ControlClient;
import io.jvs.launcher.control.Json;
import io.jvs.launcher.control.Query;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code jvs connections}. */
@Command(
    name = "connections",
    mixinStandardHelpOptions = true,
    header = "Shows the connections that go through a running director's proxies, or resets some.",
    description = {
      "",
      "Flows of UDP are among them, but for those of single datagrams (onePacket, responses: 0).",
      "Those in the kernel are not: 'ipvsadm -Lcn' shows these.",
      "Exit status: 0 shown or reset, 1 no director answers, 2 wrong usage."
    })
final class ConnectionsCommand implements Callable<Integer> {
  @Mixin private final DirectorOptions director = new DirectorOptions();

  @Option(names = "--service", paramLabel = "NAME", description = "only of this service")
  private @Nullable String service;

  @Option(
      names = "--server",
      paramLabel = "HOST:PORT",
      description = "only to this real server, as 'jvs status' shows it")
  private @Nullable String server;

  @Option(
      names = "--client",
      paramLabel = "NETWORK",
      description = "only of these clients: an address, or a network such as 10.0.0.0/8")
  private @Nullable String client;

  @Option(names = "--id", paramLabel = "ID", description = "only this one, as listed or logged")
  private @Nullable String id;

  @Option(names = "--protocol", paramLabel = "PROTOCOL", description = "only tcp, or only udp")
  private @Nullable String protocol;

  @Option(
      names = "--state",
      paramLabel = "STATE",
      description = "only those that are waiting, connecting, unanswered, open or closing")
  private @Nullable String state;

  @Option(names = "--older", paramLabel = "TIME", description = "only those at least so old: 2h")
  private @Nullable String older;

  @Option(
      names = "--idle",
      paramLabel = "TIME",
      description = "only those without a byte for at least so long: 10m")
  private @Nullable String idle;

  @Option(
      names = "--sort",
      paramLabel = "BY",
      description = "what comes first: age, bytes or idle, each the most (default: age)")
  private ConnectionSelection.@Nullable Sort sort;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "how many to show at most (default: " + ConnectionSelection.USUAL_LIMIT + ")")
  private @Nullable Integer limit;

  @Option(
      names = "--reset",
      description =
          "ends those that are chosen, all of them whatever the limit, with a reset to both sides, or"
              + " forgets a flow;"
              + " needs --service, --server, --client or --id")
  private boolean reset;

  @Mixin private final OutputOptions output = new OutputOptions();

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    ControlClient.Answer answer =
        director.ask(
            reset ? "POST" : "GET",
            new Query(reset ? "/connections/reset" : "/connections", parameters()).target());
    PrintWriter out = spec.commandLine().getOut();
    if (output.isJson()) {
      out.print(answer.content());
    } else {
      out.print(ConnectionsTable.of(report(answer), reset));
    }
    out.flush();
    return ExitStatus.FINE;
  }

  private Map<String, String> parameters() {
    Map<String, String> parameters = new LinkedHashMap<>();
    put(parameters, "service", service);
    put(parameters, "server", server);
    put(parameters, "client", client);
    put(parameters, "id", id);
    put(parameters, "protocol", protocol);
    put(parameters, "state", state);
    put(parameters, "minAge", older);
    put(parameters, "minIdle", idle);
    put(parameters, "sort", sort == null ? null : sort.name().toLowerCase(Locale.ROOT));
    put(parameters, "limit", limit == null ? null : limit.toString());
    if (reset) {
      parameters.put("who", System.getProperty("user.name", "somebody"));
    }
    return parameters;
  }

  private static void put(Map<String, String> to, String name, @Nullable String value) {
    if (value != null) {
      to.put(name, value);
    }
  }

  private static ConnectionsReport report(ControlClient.Answer answer) {
    try {
      return Json.read(answer.content(), ConnectionsReport.class);
    } catch (IOException e) {
      throw new CommandFailure(
          ExitStatus.FAILED,
          "the answer is no list of connections (another version?): " + e.getMessage());
    }
  }
}

package io.jvs.launcher;

import io.jvs.launcher.control.ControlClient;
import io.jvs.launcher.control.Query;
import java.io.PrintWriter;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code jvs explain}. */
@Command(
    name = "explain",
    mixinStandardHelpOptions = true,
    header = "Shows why a server has the weight it has, step by step, and what changed lately.",
    description = "%nExit status: 0 shown, 1 no director answers, 2 wrong usage or no such server.")
final class ExplainCommand implements Callable<Integer> {
  @Mixin private final ServerOptions server = new ServerOptions();

  @Mixin private final OutputOptions output = new OutputOptions();

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    ControlClient.Answer answer =
        server.ask(
            "GET",
            new Query("/explain", Map.of("service", server.service(), "server", server.server())));
    PrintWriter out = spec.commandLine().getOut();
    out.print(output.isJson() ? answer.content() : ExplainTable.of(ServerOptions.report(answer)));
    out.flush();
    return ExitStatus.FINE;
  }
}

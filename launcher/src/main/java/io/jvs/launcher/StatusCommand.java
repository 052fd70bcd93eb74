package io.jvs.launcher;

import io.jvs.launcher.control.ControlClient;
import io.jvs.launcher.control.Json;
import io.jvs.launcher.control.StatusReport;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code jvs status}. */
@Command(
    name = "status",
    mixinStandardHelpOptions = true,
    header =
        "Shows the services of a running director: servers, connections, what is down and why.",
    description = "%nExit status: 0 shown, 1 no director answers, 2 wrong usage.")
final class StatusCommand implements Callable<Integer> {
  @Mixin private final DirectorOptions director = new DirectorOptions();

  @Mixin private final OutputOptions output = new OutputOptions();

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    ControlClient.Answer answer = director.ask("GET", "/status");
    PrintWriter out = spec.commandLine().getOut();
    if (output.isJson()) {
      out.print(answer.content());
    } else {
      try {
        out.print(StatusTable.of(Json.read(answer.content(), StatusReport.class)));
      } catch (IOException e) {
        throw new CommandFailure(
            ExitStatus.FAILED, "the answer is not a status (another version?): " + e.getMessage());
      }
    }
    out.flush();
    return ExitStatus.FINE;
  }
}

package io.jvs.launcher;

import io.jvs.launcher.control.ControlClient;
import io.jvs.launcher.control.Json;
import io.jvs.launcher.control.StatusReport;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code jvs status}. */
@Command(
    name = "status",
    mixinStandardHelpOptions = true,
    header =
        "Shows the services of a running director: servers, connections, what is down and why.",
    description = "%nExit status: 0 shown, 1 no director answers, 2 wrong usage.")
final class StatusCommand implements Callable<Integer> {
  enum Output {
    TABLE,
    JSON
  }

  @Parameters(
      paramLabel = "FILE",
      arity = "0..1",
      description = "the director that runs this file; not needed if only one runs")
  private @Nullable Path file;

  @Mixin private final ControlOptions control = new ControlOptions();

  @Option(
      names = {"-o", "--output"},
      description = "table for people (default) or json for programs",
      defaultValue = "table")
  private Output output;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    ControlClient.Answer answer = control.of(file).ask("GET", "/status");
    PrintWriter out = spec.commandLine().getOut();
    if (output == Output.JSON) {
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

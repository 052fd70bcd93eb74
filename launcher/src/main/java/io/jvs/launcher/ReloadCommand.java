package io.jvs.launcher;

import io.jvs.launcher.control.ControlClient;
import io.jvs.launcher.control.Json;
import io.jvs.launcher.control.ReloadReport;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code jvs reload}. */
@Command(
    name = "reload",
    mixinStandardHelpOptions = true,
    header =
        "Has a running director read its file again, as SIGHUP does, and says what came of it.",
    description =
        "%nExit status: 0 the file is in force, 1 no director answers, 2 the file is wrong or cannot"
            + " be applied; then nothing has changed.")
final class ReloadCommand implements Callable<Integer> {
  @Mixin private final DirectorOptions director = new DirectorOptions();

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    ControlClient.Answer answer = director.exchange("POST", "/reload");
    ReloadReport report;
    try {
      report = Json.read(answer.content(), ReloadReport.class);
    } catch (IOException e) {
      throw new CommandFailure(ExitStatus.FAILED, answer.content().strip());
    }
    if (!report.applied()) {
      throw new CommandFailure(
          ExitStatus.WRONG,
          "not reloaded, all stays as it was:\n" + String.join("\n", report.problems()));
    }
    PrintWriter out = spec.commandLine().getOut();
    out.println("reloaded");
    out.flush();
    return ExitStatus.FINE;
  }
}

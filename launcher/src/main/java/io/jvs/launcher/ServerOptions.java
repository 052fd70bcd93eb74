package io.jvs.launcher;

import io.jvs.launcher.control.ControlClient;
import io.jvs.launcher.control.ExplainReport;
import io.jvs.launcher.control.Json;
import io.jvs.launcher.control.Query;
import java.io.IOException;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Which server of a running director a command means. */
final class ServerOptions {
  @Parameters(index = "0", paramLabel = "SERVICE", description = "name, as 'jvs status' shows it")
  private String service;

  @Parameters(
      index = "1",
      paramLabel = "SERVER",
      description = "HOST:PORT, as 'jvs status' shows it")
  private String server;

  @Mixin private final ControlOptions control = new ControlOptions();

  String service() {
    return service;
  }

  String server() {
    return server;
  }

  /** Asks the director, or fails with what it objects to. */
  ControlClient.Answer ask(String method, Query query) {
    return control.ask(method, query.target());
  }

  static ExplainReport report(ControlClient.Answer answer) {
    try {
      return Json.read(answer.content(), ExplainReport.class);
    } catch (IOException e) {
      throw new CommandFailure(
          ExitStatus.FAILED, "the answer is no explanation (another version?): " + e.getMessage());
    }
  }
}

package io.jvs.launcher;

import io.jvs.launcher.demo.Demo;
import io.jvs.transport.TransportException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code jvs demo}. */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    header = "Shows in seconds what JVS does: three servers, one dies, no request is lost.",
    description = {
      "",
      "Needs no file and nothing but this machine: all is on loopback, in this process.",
      "Exit status: 0 no request was lost, 1 one was, or the port is in use."
    })
final class DemoCommand implements Callable<Integer> {
  private static final int MAX_SECONDS = 3600;

  @Option(
      names = "--seconds",
      defaultValue = "8",
      description = "how long, 2 to 3600 (default: ${DEFAULT-VALUE})")
  private int seconds;

  @Option(
      names = "--port",
      defaultValue = "0",
      description = "where the virtual service listens, 1 to 65535 (default: a free port)")
  private int port;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws InterruptedException {
    check("--seconds", seconds, 2, MAX_SECONDS);
    check("--port", port, 0, 65_535);
    if (System.getProperty("jvs.log.level") == null && System.getenv("JVS_LOG_LEVEL") == null) {
      System.setProperty("jvs.log.level", "ERROR"); // the table says it all
    }
    try {
      Demo demo = new Demo(spec.commandLine().getOut(), Duration.ofSeconds(seconds), port);
      return demo.run() ? ExitStatus.FINE : ExitStatus.FAILED;
    } catch (IOException | TransportException e) {
      throw new CommandFailure(ExitStatus.FAILED, "demo: " + e.getMessage());
    }
  }

  private void check(String option, int value, int min, int max) {
    if (value < min || value > max) {
      throw new ParameterException(
          spec.commandLine(), option + " " + value + " (expected: " + min + " to " + max + ")");
    }
  }
}

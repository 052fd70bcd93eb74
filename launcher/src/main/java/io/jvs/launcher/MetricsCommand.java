package io.jvs.launcher;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code jvs metrics}. */
@Command(
    name = "metrics",
    mixinStandardHelpOptions = true,
    header = "Prints the metrics of a running director in the text format of Prometheus.",
    description = {
      "",
      "For Prometheus itself set 'control: 127.0.0.1:PORT' in the file and scrape /metrics there.",
      "Exit status: 0 printed, 1 no director answers, 2 wrong usage."
    })
final class MetricsCommand implements Callable<Integer> {
  @Mixin private final DirectorOptions director = new DirectorOptions();

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    out.print(director.ask("GET", "/metrics").content());
    out.flush();
    return ExitStatus.FINE;
  }
}

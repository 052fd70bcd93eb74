package io.jvs.launcher;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
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
  @Parameters(
      paramLabel = "FILE",
      arity = "0..1",
      description = "the director that runs this file; not needed if only one runs")
  private @Nullable Path file;

  @Mixin private final ControlOptions control = new ControlOptions();

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    out.print(control.of(file).ask("GET", "/metrics").content());
    out.flush();
    return ExitStatus.FINE;
  }
}

package io.jvs.benchmarks.soak;

import io.jvs.benchmarks.pictures.Plot;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What a run has shown: a verdict with figures, and pictures. */
final class Report {
  private final List<Sample> samples;
  private final Ending ending;

  /**
   * What stands after the load.
   *
   * @param idleBefore descriptors before the load
   * @param mayStay descriptors that an engine keeps for later: pipes
   * @param exitStatus of the director, when it was told to end
   */
  record Ending(
      int idleBefore,
      int idleAfter,
      int mayStay,
      int exitStatus,
      Map<String, Integer> failures,
      List<String> complaints) {}

  Report(List<Sample> samples, Ending ending) {
    this.samples = List.copyOf(samples);
    this.ending = ending;
  }

  /** What is wrong; empty if all is well. */
  List<String> faults() {
    List<String> faults = new ArrayList<>();
    for (Series series : Series.ALL) {
      double growth = series.growth(samples);
      if (growth > series.tolerance() && isJudged(series)) {
        faults.add(
            String.format(
                Locale.ROOT,
                "%s grew by %.1f in the second half (expected: up to %.0f)",
                series.unit().isEmpty()
                    ? series.name()
                    : series.name() + ", " + series.unit() + ",",
                growth,
                series.tolerance()));
      }
    }
    ending.failures().forEach((cause, times) -> faults.add(times + " × " + cause));
    ending.complaints().forEach(line -> faults.add("the director's log: " + line));
    if (ending.idleAfter() > ending.idleBefore() + ending.mayStay()) {
      faults.add(
          ending.idleAfter()
              + " descriptors after the load, "
              + ending.idleBefore()
              + " before (expected: up to "
              + ending.mayStay()
              + " more)");
    }
    if (ending.exitStatus() != 0) {
      faults.add("the director ended with status " + ending.exitStatus());
    }
    return faults;
  }

  /** In its first minutes a JVM compiles, for which it needs memory of its own. */
  private boolean isJudged(Series series) {
    return !series.equals(Series.RESIDENT) || last().seconds() >= 300;
  }

  private Sample last() {
    return samples.get(samples.size() - 1);
  }

  String text() {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "%,d operations in %.0f s, %d failures, %d reloads, %.0f %% of a processor%n%n",
            last().done(),
            last().seconds(),
            last().failures(),
            last().reloads(),
            100 * (last().cpuSeconds() - samples.get(0).cpuSeconds()) / last().seconds()));
    text.append("| | lowest | highest | growth in the second half | tolerance |\n");
    text.append("| --- | ---: | ---: | ---: | ---: |\n");
    for (Series series : Series.ALL) {
      List<Double> values = series.values(samples);
      text.append(
          String.format(
              Locale.ROOT,
              "| %s%s | %.1f | %.1f | %+.2f | %.0f%s |%n",
              series.name(),
              series.unit().isEmpty() ? "" : ", " + series.unit(),
              Collections.min(values),
              Collections.max(values),
              series.growth(samples),
              series.tolerance(),
              isJudged(series) ? "" : ", not judged in so short a time"));
    }
    text.append(
        String.format(
            Locale.ROOT,
            "%nDescriptors when idle: %d before, %d after.%n",
            ending.idleBefore(),
            ending.idleAfter()));
    return text.toString();
  }

  /** SVG by file name. */
  Map<String, String> pictures() {
    Map<String, String> pictures = new TreeMap<>();
    pictures.put("heap.svg", plot("MiB, after each collection", Series.HEAP, Series.DIRECT));
    pictures.put("resident.svg", plot("resident memory, MiB", Series.RESIDENT));
    pictures.put("descriptors.svg", plot("open at one moment", Series.DESCRIPTORS, Series.THREADS));
    pictures.put("load.svg", load());
    return pictures;
  }

  private Plot plot(String title, double most) {
    return new Plot(title, (int) Math.round(last().seconds()), most);
  }

  private String plot(String title, Series... series) {
    double most = 0;
    for (Series each : series) {
      most = Math.max(most, Collections.max(each.values(samples)));
    }
    Plot plot = plot(title, roundUp(most));
    for (Series each : series) {
      plot.line(each.name(), each.values(samples));
    }
    return plot.svg();
  }

  private String load() {
    List<Double> rate = new ArrayList<>();
    List<Double> processor = new ArrayList<>();
    for (int i = 1; i < samples.size(); i++) {
      Sample from = samples.get(i - 1);
      Sample to = samples.get(i);
      double seconds = to.seconds() - from.seconds();
      rate.add((to.done() - from.done()) / seconds / 100);
      processor.add(100 * (to.cpuSeconds() - from.cpuSeconds()) / seconds);
    }
    double most = Math.max(Collections.max(rate), Collections.max(processor));
    return plot("load", roundUp(most))
        .line("hundred operations a second", rate)
        .line("percent of a processor", processor)
        .svg();
  }

  /** To 2, 4, 6, 8 or 10 times a power of ten, so that a half is a whole number too. */
  static int roundUp(double value) {
    for (int scale = 1; ; scale *= 10) {
      for (int step : new int[] {2, 4, 6, 8, 10}) {
        if (value <= (double) step * scale) {
          return step * scale;
        }
      }
    }
  }
}

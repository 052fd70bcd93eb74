package io.jvs.benchmarks.soak;

import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * A figure that must not grow.
 *
 * @param tolerance by how much it may grow in the second half of a run, along the line that fits
 *     best: noise has no end, a leak of one object for each connection is far more
 */
record Series(String name, String unit, double tolerance, ToDoubleFunction<Sample> figure) {
  private static final double MIB = 1 << 20;

  static final Series HEAP =
      new Series("heap after a collection", "MiB", 3, sample -> sample.heap() / MIB);
  static final Series DIRECT =
      new Series("memory outside the heap", "MiB", 3, sample -> sample.direct() / MIB);
  static final Series RESIDENT =
      new Series("resident memory", "MiB", 24, sample -> sample.resident() / MIB);
  static final Series DESCRIPTORS =
      new Series("descriptors", "", 24, sample -> sample.descriptors());
  static final Series THREADS = new Series("threads", "", 2, sample -> sample.threads());

  static final List<Series> ALL = List.of(HEAP, DIRECT, RESIDENT, DESCRIPTORS, THREADS);

  List<Double> values(List<Sample> samples) {
    return samples.stream().map(figure::applyAsDouble).toList();
  }

  /**
   * From the middle to the end of the samples: the slope of the line that fits best, times time.
   */
  double growth(List<Sample> samples) {
    List<Sample> half = samples.subList(samples.size() / 2, samples.size());
    if (half.size() < 3) {
      throw new IllegalArgumentException(samples.size() + " samples (expected: 6 or more)");
    }
    double meanTime = half.stream().mapToDouble(Sample::seconds).average().orElseThrow();
    double mean = half.stream().mapToDouble(figure).average().orElseThrow();
    double up = 0;
    double down = 0;
    for (Sample sample : half) {
      double time = sample.seconds() - meanTime;
      up += time * (figure.applyAsDouble(sample) - mean);
      down += time * time;
    }
    return up / down * (half.get(half.size() - 1).seconds() - half.get(0).seconds());
  }
}

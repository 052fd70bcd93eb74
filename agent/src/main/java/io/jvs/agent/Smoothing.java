package io.jvs.agent;

import java.time.Duration;

/**
 * An exponentially weighted average: what is older than the time constant counts for little more
 * than a third. The first value counts as it is.
 */
final class Smoothing {
  private final double constantNanos;
  private double average = Double.NaN;

  /**
   * @param constant zero for no smoothing
   */
  Smoothing(Duration constant) {
    this.constantNanos = constant.toNanos();
  }

  /** The average with this value, which came so long after the one before; NaN changes nothing. */
  double add(double value, long nanosSinceLast) {
    if (Double.isNaN(value)) {
      return average;
    }
    double share =
        Double.isNaN(average) || constantNanos == 0
            ? 1
            : -Math.expm1(-nanosSinceLast / constantNanos);
    average = share == 1 ? value : average + share * (value - average);
    return average;
  }
}

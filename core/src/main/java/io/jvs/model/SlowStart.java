package io.jvs.model;

import java.time.Duration;

/**
 * How a server that comes, or comes back, takes up its weight: {@code max(minimum, (time /
 * window)^(1 / aggression))} of it, which is Envoy's formula (slow_start_config).
 *
 * @param window until it has all of it, 100 ms to 1 day
 * @param aggression 1 for a straight line; above 1 it gets more early, below 1 later; 0.1 to 10
 * @param minimumPercent what it gets at once, 1 to 100
 */
public record SlowStart(Duration window, double aggression, int minimumPercent) {
  /** Envoy's defaults: a straight line from 10 %. */
  public static SlowStart over(Duration window) {
    return new SlowStart(window, 1, 10);
  }

  public SlowStart {
    if (window.compareTo(Duration.ofMillis(100)) < 0 || window.compareTo(Duration.ofDays(1)) > 0) {
      throw new IllegalArgumentException(
          "slow start window " + Durations.format(window) + " (expected: 100 ms to 1 day)");
    }
    if (!(aggression >= 0.1 && aggression <= 10)) {
      throw new IllegalArgumentException(
          "slow start aggression " + aggression + " (expected: 0.1 to 10; 1 for a straight line)");
    }
    if (minimumPercent < 1 || minimumPercent > 100) {
      throw new IllegalArgumentException(
          "slow start minimum " + minimumPercent + " % (expected: 1 to 100 %)");
    }
  }

  /** The part of the weight after so long, more than 0 and at most 1; 1 when it is over. */
  public double factor(Duration sinceStart) {
    double time = Math.max(0, (double) sinceStart.toNanos() / window.toNanos());
    if (time >= 1) {
      return 1;
    }
    return Math.max(minimumPercent / 100.0, Math.pow(time, 1 / aggression));
  }

  @Override
  public String toString() {
    return "slow start over "
        + Durations.format(window)
        + " from "
        + minimumPercent
        + " %"
        + (aggression == 1 ? "" : ", aggression " + aggression);
  }
}

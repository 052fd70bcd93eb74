package io.jvs.resilience;

import io.jvs.model.Durations;
import java.time.Duration;

/**
 * How long a server is out. It grows with each ejection in a row and shrinks again in times of
 * calm; pure functions.
 *
 * @param base the first time (Envoy's base_ejection_time), 100 ms to a day
 * @param max the longest (Envoy's max_ejection_time), at least the base
 * @param factor by how much each one is longer than the one before, 1 to 10
 * @param jitterPercent by how much it is shortened at random, 0 to 90, so that servers that were
 *     ejected together do not come back together
 */
public record EjectionTime(Duration base, Duration max, double factor, int jitterPercent) {
  public static final Duration SHORTEST = Duration.ofMillis(100);
  public static final Duration LONGEST = Duration.ofDays(1);

  /** 10 s, twice as long each time, up to 5 minutes, up to a tenth shorter. */
  public static final EjectionTime DEFAULT =
      new EjectionTime(Duration.ofSeconds(10), Duration.ofMinutes(5), 2, 10);

  public EjectionTime {
    if (base.compareTo(SHORTEST) < 0 || base.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          "ejection time " + Durations.format(base) + " (expected: 100ms to 1d)");
    }
    if (max.compareTo(base) < 0 || max.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          "longest ejection time "
              + Durations.format(max)
              + " (expected: at least the first, "
              + Durations.format(base)
              + ", and at most 1d)");
    }
    if (!(factor >= 1 && factor <= 10)) {
      throw new IllegalArgumentException("ejection time factor " + factor + " (expected: 1 to 10)");
    }
    if (jitterPercent < 0 || jitterPercent > 90) {
      throw new IllegalArgumentException(
          "ejection time jitter " + jitterPercent + " % (expected: 0 to 90 %)");
    }
  }

  /**
   * How long a server is out.
   *
   * @param inARow the number of this ejection since the server was last known to be calm, from 1
   * @param chance from 0 to 1; 0 for the whole time
   */
  public Duration of(int inARow, double chance) {
    double nanos = (double) base.toNanos() * Math.pow(factor, inARow - 1.0);
    double whole =
        Math.min(nanos, (double) max.toNanos()); // before jitter, or the longest would have none
    return Duration.ofNanos((long) (whole * (1 - chance * jitterPercent / 100)));
  }

  /**
   * How many ejections are left to a server's account: one less for each time of calm that was as
   * long as its last ejection.
   */
  public int left(int inARow, Duration last, Duration calm) {
    long paid = last.isZero() ? inARow : Math.max(0, calm.toNanos() / last.toNanos());
    return (int) Math.max(0, inARow - paid);
  }

  /** As people read it: {@code 9.4 s}. */
  static String text(Duration time) {
    long millis = time.toMillis();
    if (millis < 1000) {
      return millis + " ms";
    }
    long tenths = (millis + 50) / 100;
    return tenths / 10 + (tenths % 10 == 0 ? "" : "." + tenths % 10) + " s";
  }

  @Override
  public String toString() {
    return Durations.format(base) + " to " + Durations.format(max);
  }
}

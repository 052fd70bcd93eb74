package io.jvs.model;

import java.time.Duration;

/**
 * When a check is made and how often it must fail.
 *
 * @param interval from the start of one try to the start of the next, 100 ms to 1 day; a try that
 *     takes longer delays the next, two never run at once
 * @param whileFailing the interval while the last try speaks against the verdict or the verdict is
 *     down, 100 ms to 1 day
 * @param jitterPercent by how much of itself each interval varies at random, up and down, 0 to 50
 * @param timeout when a try without an answer has failed, more than 0, at most the interval
 * @param rise successes in a row that bring a server back, 1 to 100
 * @param fall failures in a row that take a server down, 1 to 100
 */
public record CheckTiming(
    Duration interval,
    Duration whileFailing,
    int jitterPercent,
    Duration timeout,
    int rise,
    int fall) {
  private static final Duration SHORTEST = Duration.ofMillis(100);
  private static final Duration LONGEST = Duration.ofDays(1);

  /** Every 2 s, down after 3 failures, up after 2 successes: haproxy's defaults; 5 % of jitter. */
  public static final CheckTiming DEFAULT =
      new CheckTiming(Duration.ofSeconds(2), Duration.ofSeconds(2), 5, Duration.ofSeconds(2), 2, 3);

  public CheckTiming {
    checkInterval("interval", interval);
    checkInterval("interval while failing", whileFailing);
    if (jitterPercent < 0 || jitterPercent > 50) {
      throw new IllegalArgumentException(
          "health jitter " + jitterPercent + " % (expected: 0 to 50 % of the interval)");
    }
    if (timeout.isNegative() || timeout.isZero() || timeout.compareTo(interval) > 0) {
      throw new IllegalArgumentException(
          "health timeout "
              + Durations.format(timeout)
              + " (expected: more than 0, at most the interval, "
              + Durations.format(interval)
              + ")");
    }
    checkCount("rise", rise);
    checkCount("fall", fall);
  }

  /** This interval, also while failing; the timeout follows if it would be longer. */
  public CheckTiming every(Duration newInterval) {
    Duration shorter = timeout.compareTo(newInterval) < 0 ? timeout : newInterval;
    return new CheckTiming(newInterval, newInterval, jitterPercent, shorter, rise, fall);
  }

  /** Another interval while it fails. */
  public CheckTiming whileFailing(Duration newInterval) {
    return new CheckTiming(interval, newInterval, jitterPercent, timeout, rise, fall);
  }

  public CheckTiming jitterPercent(int percent) {
    return new CheckTiming(interval, whileFailing, percent, timeout, rise, fall);
  }

  public CheckTiming timeout(Duration newTimeout) {
    return new CheckTiming(interval, whileFailing, jitterPercent, newTimeout, rise, fall);
  }

  public CheckTiming rise(int successes) {
    return new CheckTiming(interval, whileFailing, jitterPercent, timeout, successes, fall);
  }

  public CheckTiming fall(int failures) {
    return new CheckTiming(interval, whileFailing, jitterPercent, timeout, rise, failures);
  }

  private static void checkInterval(String name, Duration value) {
    if (value.compareTo(SHORTEST) < 0 || value.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          "health " + name + " " + Durations.format(value) + " (expected: 100 ms to 1 day)");
    }
  }

  private static void checkCount(String name, int value) {
    if (value < 1 || value > 100) {
      throw new IllegalArgumentException("health " + name + " " + value + " (expected: 1 to 100)");
    }
  }
}

package io.jvs.resilience;

import io.jvs.model.Durations;
import java.time.Duration;

/**
 * When a call that is not answered yet is made on another server too. The first good answer wins,
 * and the other call is cancelled.
 */
public sealed interface Hedging {
  /** Always after the same time, 0 or more. */
  record After(Duration delay) implements Hedging {
    public After {
      if (delay.isNegative()) {
        throw new IllegalArgumentException("hedging after " + delay + " (expected: 0s or more)");
      }
    }

    @Override
    public String toString() {
      return "after " + Durations.format(delay);
    }
  }

  /**
   * When it takes longer than so many percent of the latest calls did. Until enough calls are known
   * nothing is hedged.
   *
   * @param percent 50 to 99
   * @param atLeast never before that
   */
  record AtPercentile(int percent, Duration atLeast) implements Hedging {
    public AtPercentile {
      if (percent < 50 || percent > 99) {
        throw new IllegalArgumentException(
            "hedging at percentile " + percent + " (expected: 50 to 99)");
      }
      if (atLeast.isNegative()) {
        throw new IllegalArgumentException(
            "hedging after at least " + atLeast + " (expected: 0s or more)");
      }
    }

    @Override
    public String toString() {
      return "at percentile " + percent + ", at least " + Durations.format(atLeast);
    }
  }
}

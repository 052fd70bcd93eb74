package io.jvs.resilience;

import io.jvs.model.Durations;
import java.time.Duration;

/** How far back outcomes count. */
public sealed interface Window {
  /** The latest calls of each server, however long ago. */
  record Calls(int count) implements Window {
    /** The longest, since each call of it takes memory, for each server. */
    public static final int MAX = 10_000;

    public Calls {
      if (count < 1 || count > MAX) {
        throw new IllegalArgumentException(
            "window " + count + " calls (expected: 1 to " + MAX + " calls)");
      }
    }

    @Override
    public String toString() {
      return count + " calls";
    }
  }

  /** All calls of a time, in whole seconds. */
  record Time(Duration length) implements Window {
    /** The longest, since each second of it takes memory, for each server. */
    public static final Duration MAX = Duration.ofMinutes(10);

    public Time {
      if (length.toNanosPart() != 0 || length.toSeconds() < 1 || length.compareTo(MAX) > 0) {
        throw new IllegalArgumentException(
            "window "
                + Durations.format(length)
                + " (expected: whole seconds, 1s to "
                + Durations.format(MAX)
                + ")");
      }
    }

    @Override
    public String toString() {
      return Durations.format(length);
    }
  }
}

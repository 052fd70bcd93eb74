package io.jvs.transport.tcp;

import io.jvs.model.Durations;
import java.time.Duration;

/**
 * Checks values of {@link TcpOptions}. Outside of it, because its parts have constants that are
 * checked, and it has constants that are made of those.
 */
final class OptionRanges {
  private OptionRanges() {}

  static void check(String what, int value, int min, int max) {
    if (value < min || value > max) {
      throw new IllegalArgumentException(
          "tcp: " + what + " " + value + " (expected: " + min + " to " + max + ")");
    }
  }

  static void check(String what, Duration value, Duration min, Duration max) {
    if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
      throw new IllegalArgumentException(
          "tcp: "
              + what
              + " "
              + Durations.format(value)
              + " (expected: "
              + Durations.format(min)
              + " to "
              + Durations.format(max)
              + ")");
    }
  }

  static void checkSeconds(String what, Duration value) {
    if (value.toNanosPart() != 0) {
      throw new IllegalArgumentException(
          "tcp: " + what + " " + Durations.format(value) + " (expected: whole seconds)");
    }
  }
}

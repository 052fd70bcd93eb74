package io.jvs.model;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as they stand in files and messages: {@code 250ms}, {@code 5s}, {@code 15m}. */
public final class Durations {
  // Nine digits of days are 2.7 million years: no unit overflows, and every limit is below that.
  private static final Pattern FORM = Pattern.compile("(\\d{1,9})(ms|s|m|h|d)");
  private static final Map<String, Duration> UNITS =
      Map.of(
          "ms", Duration.ofMillis(1),
          "s", Duration.ofSeconds(1),
          "m", Duration.ofMinutes(1),
          "h", Duration.ofHours(1),
          "d", Duration.ofDays(1));

  private Durations() {}

  /** One number and one unit, without a blank; empty if it is anything else. */
  public static Optional<Duration> parse(String text) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    Duration unit = UNITS.getOrDefault(matcher.group(2), Duration.ZERO);
    return Optional.of(unit.multipliedBy(Long.parseLong(matcher.group(1))));
  }

  /** In the largest unit that needs no fraction. */
  public static String format(Duration duration) {
    for (String unit : new String[] {"d", "h", "m", "s"}) {
      Duration length = UNITS.getOrDefault(unit, Duration.ZERO);
      if (!duration.isZero()
          && duration.toNanosPart() == 0
          && duration.toSeconds() % length.toSeconds() == 0) {
        return duration.toSeconds() / length.toSeconds() + unit;
      }
    }
    if (duration.toNanosPart() % 1_000_000 != 0) {
      return duration.toNanos() + "ns"; // not a form that is read: measured, not wished for
    }
    return duration.isZero() ? "0s" : duration.toMillis() + "ms";
  }
}

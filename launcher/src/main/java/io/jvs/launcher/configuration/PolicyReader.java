package io.jvs.launcher.configuration;

import io.jvs.model.Timeouts;
import io.jvs.model.WeightCorrection;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Reads what a service says about time and load: timeouts, corrected weights. */
final class PolicyReader {
  private static final Duration MILLISECOND = Duration.ofMillis(1);
  private static final Duration MONTH = Duration.ofDays(31);

  private PolicyReader() {}

  static Timeouts timeouts(@Nullable Value value) {
    Timeouts usual = Timeouts.DEFAULT;
    Fields fields =
        value == null
            ? null
            : value.fields("an object of timeouts", "connect", "tcp", "tcpFin", "udp");
    if (fields == null) {
      return usual;
    }
    return new Timeouts(
        timeout(fields.get("connect"), usual.connect()),
        timeout(fields.get("tcp"), usual.tcp()),
        timeout(fields.get("tcpFin"), usual.tcpFin()),
        timeout(fields.get("udp"), usual.udp()));
  }

  private static Duration timeout(@Nullable Value value, Duration usual) {
    return value == null ? usual : value.duration(MILLISECOND, MONTH, usual);
  }

  /** An object, which may be empty. */
  static @Nullable WeightCorrection weightCorrection(@Nullable Value value) {
    Fields fields =
        value == null
            ? null
            : value.fields(
                "an object with start, minimum and steps, or {}", "start", "minimum", "steps");
    if (fields == null) {
      return null;
    }
    WeightCorrection usual = WeightCorrection.DEFAULT;
    return new WeightCorrection(
        number(fields.get("start"), 99, usual.startPercent(), " percent of the upper limit"),
        number(fields.get("minimum"), 99, usual.minimumPercent(), " percent of the weight"),
        number(fields.get("steps"), 100, usual.steps(), ""));
  }

  private static int number(@Nullable Value value, int most, int usual, String note) {
    return value == null ? usual : value.wholeNumber(1, most, usual, note);
  }
}

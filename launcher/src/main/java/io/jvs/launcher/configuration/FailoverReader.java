package io.jvs.launcher.configuration;

import io.jvs.model.Failover;
import io.jvs.model.Failover.WhenDown;
import io.jvs.model.SlowStart;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Reads what follows when servers go down or come back: failover and slow start. */
final class FailoverReader {
  private static final Duration SHORTEST = Duration.ofMillis(100);
  private static final Duration LONGEST = Duration.ofDays(1);

  private FailoverReader() {}

  static Failover failover(@Nullable Value value) {
    Fields fields =
        value == null
            ? null
            : value.fields(
                "an object with whenDown, resetConnections, quorum, hysteresis and panic",
                "whenDown",
                "resetConnections",
                "quorum",
                "hysteresis",
                "panic");
    if (fields == null || value == null) {
      return Failover.DEFAULT;
    }
    int before = value.problemsSoFar();
    Value whenValue = fields.get("whenDown");
    String when =
        whenValue == null ? null : whenValue.word(List.of("remove", "quiesce"), "what to do");
    Value resetValue = fields.get("resetConnections");
    boolean reset = resetValue != null && resetValue.truth();
    Value quorumValue = fields.get("quorum");
    int quorum =
        quorumValue == null
            ? 0
            : quorumValue.wholeNumber(1, Integer.MAX_VALUE, 1, ", a sum of weights");
    Value hysteresisValue = fields.get("hysteresis");
    int hysteresis =
        hysteresisValue == null ? 0 : hysteresisValue.wholeNumber(0, Integer.MAX_VALUE, 0, "");
    Value panicValue = fields.get("panic");
    int panic =
        panicValue == null
            ? 0
            : panicValue.wholeNumber(0, 100, 0, " percent of the servers; 0 for never");
    if (value.problemsSoFar() > before) {
      return Failover.DEFAULT;
    }
    WhenDown whenDown =
        when == null ? WhenDown.REMOVE : WhenDown.valueOf(when.toUpperCase(Locale.ROOT));
    Failover failover =
        (hysteresisValue == null ? value : hysteresisValue)
            .checked(() -> new Failover(whenDown, reset, quorum, hysteresis, panic));
    return failover == null ? Failover.DEFAULT : failover;
  }

  /** A duration alone, or an object. */
  static @Nullable SlowStart slowStart(@Nullable Value value) {
    if (value == null) {
      return null;
    }
    if (!value.isObject()) {
      return SlowStart.over(value.duration(SHORTEST, LONGEST, SHORTEST));
    }
    Fields fields =
        value.fields("a duration, or an object with window", "window", "aggression", "minimum");
    Value window =
        fields == null ? null : fields.required("window", "a duration such as 30s, 100ms to 1d");
    if (fields == null) {
      return null;
    }
    Duration time = window == null ? SHORTEST : window.duration(SHORTEST, LONGEST, SHORTEST);
    Value minimumValue = fields.get("minimum");
    int minimum =
        minimumValue == null ? 10 : minimumValue.wholeNumber(1, 100, 10, " percent of the weight");
    Value aggressionValue = fields.get("aggression");
    double aggression = aggressionValue == null ? 1 : number(aggressionValue);
    return (aggressionValue == null ? value : aggressionValue)
        .checked(() -> new SlowStart(time, aggression, minimum));
  }

  private static double number(Value value) {
    String text = value.scalar("a number, 0.1 to 10");
    try {
      return text == null ? 1 : Double.parseDouble(text);
    } catch (NumberFormatException e) {
      value.wrong("'" + text + "' (expected: a number, 0.1 to 10; 1 for a straight line)");
      return 1;
    }
  }
}

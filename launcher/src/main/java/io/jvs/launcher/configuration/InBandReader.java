package io.jvs.launcher.configuration;

import io.jvs.model.Durations;
import io.jvs.model.StatusRanges;
import io.jvs.resilience.EjectionTime;
import io.jvs.resilience.InBandDeclaration;
import io.jvs.resilience.Window;
import java.time.Duration;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads when servers are ejected because of what becomes of real connections. */
final class InBandReader {
  private static final InBandDeclaration USUAL = InBandDeclaration.DEFAULT;
  private static final Pattern NUMBER = Pattern.compile("[+-]?[0-9]+");
  private static final int THOUSAND = 1000;

  private InBandReader() {}

  static @Nullable InBandDeclaration read(@Nullable Value value) {
    Fields fields =
        value == null
            ? null
            : value.fields(
                "an object; {} for the defaults",
                "failureRate",
                "slowCall",
                "slowRate",
                "consecutiveConnectFailures",
                "consecutiveFailures",
                "failedStatus",
                "minimumCalls",
                "window",
                "successRateFactor",
                "ejectionTime",
                "maxEjectionTime",
                "maxEjected",
                "confirm");
    if (fields == null || value == null) {
      return null;
    }
    int before = value.problemsSoFar();
    int failureRate =
        number(fields, "failureRate", 0, 100, USUAL.failureRate(), " percent; 0 for never");
    Value slowCallValue = fields.get("slowCall");
    Duration slowCall =
        slowCallValue == null
            ? null
            : slowCallValue.duration(
                InBandDeclaration.SHORTEST_SLOW_CALL,
                InBandDeclaration.LONGEST_SLOW_CALL,
                InBandDeclaration.LONGEST_SLOW_CALL);
    int slowRate = number(fields, "slowRate", 1, 100, USUAL.slowRate(), " percent");
    int connectFailures =
        number(
            fields,
            "consecutiveConnectFailures",
            0,
            InBandDeclaration.MOST_CONNECT_FAILURES,
            USUAL.consecutiveConnectFailures(),
            "; 0 for never");
    int failures =
        number(
            fields,
            "consecutiveFailures",
            0,
            InBandDeclaration.MOST_FAILURES,
            USUAL.consecutiveFailures(),
            "; 0 for never");
    StatusRanges failedStatus = failedStatus(fields.get("failedStatus"));
    int minimumCalls =
        number(
            fields,
            "minimumCalls",
            1,
            InBandDeclaration.MOST_MINIMUM_CALLS,
            USUAL.minimumCalls(),
            "");
    Window window = window(fields.get("window"));
    int factor =
        number(fields, "successRateFactor", 0, 10 * THOUSAND, 0, " thousandths; 0 for never");
    EjectionTime times = ejectionTime(fields, value);
    int maxEjected = number(fields, "maxEjected", 1, 100, USUAL.maxEjected(), " percent");
    Value confirmValue = fields.get("confirm");
    boolean confirm = confirmValue != null && confirmValue.truth();
    Value slowRateValue = fields.get("slowRate");
    if (slowRateValue != null && slowCallValue == null) {
      slowRateValue.wrong("nothing is slow (expected: slowCall too, such as slowCall: 1s)");
    }
    if (value.problemsSoFar() > before) {
      return null;
    }
    return value.checked(
        () ->
            USUAL
                .window(window, minimumCalls)
                .failureRate(failureRate)
                .slowCalls(slowCall, slowRate)
                .consecutiveConnectFailures(connectFailures)
                .consecutiveFailures(failures)
                .failedStatus(failedStatus)
                .successRateFactor((double) factor / THOUSAND)
                .ejectionTime(times)
                .maxEjected(maxEjected)
                .confirm(confirm));
  }

  private static @Nullable StatusRanges failedStatus(@Nullable Value value) {
    String text = value == null ? null : value.scalar("codes and ranges, such as 500-599");
    return text == null || value == null ? null : value.checked(() -> StatusRanges.parse(text));
  }

  private static EjectionTime ejectionTime(Fields fields, Value place) {
    EjectionTime usual = USUAL.ejectionTime();
    Value baseValue = fields.get("ejectionTime");
    Value maxValue = fields.get("maxEjectionTime");
    Duration base = time(baseValue, usual.base());
    Duration max =
        time(maxValue, base.compareTo(usual.max()) > 0 ? base : usual.max()); // of a longer first
    EjectionTime times =
        (maxValue == null ? place : maxValue)
            .checked(() -> new EjectionTime(base, max, usual.factor(), usual.jitterPercent()));
    return times == null ? usual : times;
  }

  private static Duration time(@Nullable Value value, Duration usual) {
    return value == null
        ? usual
        : value.duration(EjectionTime.SHORTEST, EjectionTime.LONGEST, usual);
  }

  /** A number is of calls, a duration of time. */
  private static Window window(@Nullable Value value) {
    String text = value == null ? null : value.scalar("a number of calls, or a time such as 30s");
    if (text == null || value == null) {
      return USUAL.window();
    }
    if (NUMBER.matcher(text).matches()) {
      return new Window.Calls(
          value.wholeNumber(
              1, Window.Calls.MAX, Window.Calls.MAX, " calls; or a time such as 30s"));
    }
    if (Durations.parse(text).isEmpty()) {
      value.wrong("'" + text + "' (expected: a number of calls, or a time such as 30s)");
      return USUAL.window();
    }
    Duration time = value.duration(Duration.ofSeconds(1), Window.Time.MAX, Duration.ofSeconds(1));
    Window window = value.checked(() -> new Window.Time(time));
    return window == null ? USUAL.window() : window;
  }

  private static int number(Fields fields, String key, int min, int max, int usual, String note) {
    Value value = fields.get(key);
    return value == null ? usual : value.wholeNumber(min, max, usual, note);
  }
}

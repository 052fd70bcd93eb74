package io.jvs.launcher.configuration;

import io.jvs.model.Durations;
import io.jvs.model.HealthDeclaration;
import io.jvs.model.Timeouts;
import io.jvs.model.WeightCorrection;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads what a service says about time and load: timeouts, health checks, corrected weights. */
final class PolicyReader {
  private static final Duration MILLISECOND = Duration.ofMillis(1);
  private static final Duration MONTH = Duration.ofDays(31);
  private static final List<String> CHECKS = List.of("tcp-connect");

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

  /** The name of a check alone, or an object. */
  static @Nullable HealthDeclaration health(@Nullable Value value) {
    if (value == null) {
      return null;
    }
    HealthDeclaration usual = HealthDeclaration.tcpConnect();
    if (!value.isObject()) {
      return value.word(CHECKS, "a check") == null ? null : usual;
    }
    int before = value.problemsSoFar();
    Fields fields =
        value.fields(
            "a check, or an object", "check", "port", "interval", "timeout", "rise", "fall");
    if (fields == null) {
      return null;
    }
    Value check = fields.required("check", "one of " + CHECKS);
    if (check != null) {
      check.word(CHECKS, "a check");
    }
    Value port = fields.get("port");
    int portNumber = port == null ? 0 : port.wholeNumber(1, 65_535, 0, "");
    Value intervalValue = fields.get("interval");
    Duration interval =
        intervalValue == null
            ? usual.interval()
            : intervalValue.duration(Duration.ofMillis(100), Duration.ofDays(1), usual.interval());
    Value timeoutValue = fields.get("timeout");
    int beforeTimeout = value.problemsSoFar();
    Duration timeout =
        timeoutValue == null
            ? interval
            : timeoutValue.duration(MILLISECOND, Duration.ofDays(1), interval);
    if (timeoutValue != null
        && beforeTimeout == value.problemsSoFar()
        && timeout.compareTo(interval) > 0) {
      timeoutValue.wrong(
          Durations.format(timeout)
              + " (expected: at most the interval, "
              + Durations.format(interval)
              + ")");
    }
    int rise = count(fields.get("rise"), usual.rise());
    int fall = count(fields.get("fall"), usual.fall());
    if (value.problemsSoFar() > before) {
      return null;
    }
    return value.checked(
        () ->
            new HealthDeclaration(
                new HealthDeclaration.TcpConnect(portNumber), interval, timeout, rise, fall));
  }

  private static int count(@Nullable Value value, int usual) {
    return value == null ? usual : value.wholeNumber(1, 100, usual, "");
  }
}

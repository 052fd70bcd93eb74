package io.jvs.launcher.configuration;

import io.jvs.model.AgentDeclaration;
import io.jvs.model.CheckTarget;
import io.jvs.model.Durations;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Reads how agents on real servers are asked. */
final class AgentReader {
  private static final Duration SHORTEST = Duration.ofMillis(100);
  private static final Duration LONGEST = Duration.ofDays(1);
  private static final Duration MILLISECOND = Duration.ofMillis(1);
  private static final Duration USUAL = Duration.ofSeconds(2);

  private AgentReader() {}

  static @Nullable AgentDeclaration agent(@Nullable Value value) {
    Fields fields =
        value == null
            ? null
            : value.fields(
                "an object with port", "port", "host", "bind", "send", "interval", "timeout");
    if (fields == null || value == null) {
      return null;
    }
    int before = value.problemsSoFar();
    Value port = fields.required("port", "where the agents listen, 1 to 65535");
    CheckTarget target = HealthReader.target(fields, value);
    Value sendValue = fields.get("send");
    String send = sendValue == null ? "" : sendValue.text("what is sent before reading");
    Value intervalValue = fields.get("interval");
    Duration interval =
        intervalValue == null ? USUAL : intervalValue.duration(SHORTEST, LONGEST, USUAL);
    Value timeoutValue = fields.get("timeout");
    Duration timeout =
        timeoutValue == null ? interval : timeoutValue.duration(MILLISECOND, LONGEST, interval);
    if (timeoutValue != null && timeout.compareTo(interval) > 0) {
      timeoutValue.wrong(
          Durations.format(timeout)
              + " (expected: at most the interval, "
              + Durations.format(interval)
              + ")");
    }
    if (port == null || send == null || value.problemsSoFar() > before) {
      return null;
    }
    Value place = sendValue == null ? value : sendValue; // all else has been looked at
    return place.checked(() -> new AgentDeclaration(target, send, interval, timeout));
  }
}

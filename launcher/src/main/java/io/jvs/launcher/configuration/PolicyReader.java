package io.jvs.launcher.configuration;

import io.jvs.model.Durations;
import io.jvs.model.HealthDeclaration;
import io.jvs.model.Persistence;
import io.jvs.model.SocketAddresses;
import io.jvs.model.Timeouts;
import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads what a service says about time: persistence, timeouts, health checks. */
final class PolicyReader {
  private static final Duration MILLISECOND = Duration.ofMillis(1);
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration MONTH = Duration.ofDays(31);
  private static final List<String> CHECKS = List.of("tcp-connect");

  private PolicyReader() {}

  /** A timeout alone, or an object. */
  static @Nullable Persistence persistence(@Nullable Value value) {
    if (value == null) {
      return null;
    }
    Duration usual = Persistence.DEFAULT_TIMEOUT;
    if (!value.isObject()) {
      Duration timeout = wholeSeconds(value);
      return value.checked(() -> Persistence.sourceAddress(timeout));
    }
    Fields fields =
        value.fields("a timeout, or an object", "timeout", "netmask", "prefix", "prefix6");
    if (fields == null) {
      return null;
    }
    Value timeoutValue = fields.get("timeout");
    Duration timeout = timeoutValue == null ? usual : wholeSeconds(timeoutValue);
    Value netmask = fields.get("netmask");
    Value prefixValue = fields.get("prefix");
    if (netmask != null && prefixValue != null) {
      netmask.wrong("netmask and prefix say the same (expected: one of them)");
    }
    int prefix =
        netmask != null
            ? netmask(netmask)
            : prefixValue == null ? 32 : prefixValue.wholeNumber(1, 32, 32, "");
    Value prefix6Value = fields.get("prefix6");
    int prefix6 = prefix6Value == null ? 128 : prefix6Value.wholeNumber(1, 128, 128, "");
    Value place = timeoutValue == null ? value : timeoutValue;
    return place.checked(() -> new Persistence.SourceNetwork(timeout, prefix, prefix6));
  }

  /** The kernel counts templates in seconds. */
  private static Duration wholeSeconds(Value value) {
    Duration timeout = value.duration(SECOND, MONTH, Persistence.DEFAULT_TIMEOUT);
    if (timeout.toNanosPart() != 0) {
      value.wrong(Durations.format(timeout) + " (expected: whole seconds, 1s to 31d)");
      return Persistence.DEFAULT_TIMEOUT;
    }
    return timeout;
  }

  /** {@code 255.255.255.0} is 24. */
  private static int netmask(Value value) {
    String text = value.text("an IPv4 netmask such as 255.255.255.0");
    if (text == null) {
      return 32;
    }
    byte[] bytes;
    try {
      bytes = SocketAddresses.parseIp(text).getAddress();
    } catch (IllegalArgumentException e) {
      bytes = new byte[0];
    }
    BigInteger mask = new BigInteger(1, bytes);
    int length = mask.bitCount();
    boolean leading = bytes.length == 4 && length > 0 && mask.getLowestSetBit() == 32 - length;
    if (!leading) {
      value.wrong(
          "'"
              + text
              + "' (expected: an IPv4 netmask, all its ones in front, such as 255.255.255.0)");
      return 32;
    }
    return length;
  }

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

package io.jvs.launcher.configuration;

import io.jvs.transport.tcp.TcpOptions;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Reads what a service says about its sockets. */
final class TcpSocketsReader {
  private static final int MILLION = 1_000_000;
  private static final int GIBIBYTE = 1 << 30;
  private static final Duration MILLISECOND = Duration.ofMillis(1);
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration LONGEST_SILENCE = Duration.ofSeconds(32_767);
  private static final Duration DAY = Duration.ofDays(1);

  private TcpSocketsReader() {}

  static TcpOptions.Listening listening(@Nullable Value value) {
    TcpOptions.Listening usual = TcpOptions.Listening.DEFAULT;
    Fields fields =
        value == null
            ? null
            : value.fields(
                "an object of options",
                "backlog",
                "device",
                "dual",
                "fastOpen",
                "transparent",
                "port");
    if (fields == null || value == null) {
      return usual;
    }
    int backlog = fields.number("backlog", 1, MILLION, 0, "");
    String device = device(fields.get("device"));
    boolean dual = fields.truth("dual");
    int fastOpen = fields.number("fastOpen", 0, MILLION, 0, "");
    boolean transparent = fields.truth("transparent");
    int port = fields.number("port", 1, 65_535, 0, "");
    Value portValue = fields.get("port");
    Value place = portValue == null ? value : portValue;
    TcpOptions.Listening listening =
        place.checked(
            () -> new TcpOptions.Listening(backlog, device, dual, fastOpen, transparent, port));
    return listening == null ? usual : listening;
  }

  private static @Nullable String device(@Nullable Value value) {
    return AddressesReader.device(
        value, name -> new TcpOptions.Listening(0, name, false, 0, false, 0));
  }

  static TcpOptions.SocketOptions sockets(@Nullable Value value) {
    Fields fields =
        value == null
            ? null
            : value.fields(
                "an object of options", "keepAlive", "userTimeout", "sendBuffer", "receiveBuffer");
    if (fields == null) {
      return TcpOptions.SocketOptions.DEFAULT;
    }
    Value timeoutValue = fields.get("userTimeout");
    return new TcpOptions.SocketOptions(
        keepAlive(fields.get("keepAlive")),
        timeoutValue == null ? null : timeoutValue.duration(MILLISECOND, DAY, DAY),
        fields.number("sendBuffer", 1, GIBIBYTE, 0, " bytes"),
        fields.number("receiveBuffer", 1, GIBIBYTE, 0, " bytes"));
  }

  private static TcpOptions.@Nullable KeepAlive keepAlive(@Nullable Value value) {
    Fields fields =
        value == null
            ? null
            : value.fields("an object with idle, interval and count", "idle", "interval", "count");
    if (fields == null || value == null) {
      return null;
    }
    Value idleValue = fields.required("idle", "the silence before the first question, such as 1m");
    Value intervalValue = fields.get("interval");
    Duration idle =
        idleValue == null ? SECOND : idleValue.duration(SECOND, LONGEST_SILENCE, SECOND);
    Duration interval =
        intervalValue == null
            ? Duration.ofSeconds(10)
            : intervalValue.duration(SECOND, LONGEST_SILENCE, SECOND);
    int count = fields.number("count", 1, 127, 3, "");
    return value.checked(() -> new TcpOptions.KeepAlive(idle, interval, count));
  }
}

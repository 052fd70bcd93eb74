package io.jvs.launcher.running;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.jvs.model.SocketAddresses;
import io.jvs.transport.ClosedConnection;
import io.jvs.transport.ClosedConnection.FailedAttempt;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The end of a connection as a line of JSON, always with the same fields in the same order but for
 * {@code failures}, {@code fault} and {@code cause}, which are there when there is something to
 * say. docs/operating.md describes them.
 */
final class ConnectionLine {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private final StringBuilder out = new StringBuilder(512);

  private ConnectionLine() {}

  /** Without the end of the line. */
  static String of(ClosedConnection connection) {
    ConnectionLine line = new ConnectionLine();
    line.add(connection);
    return line.out.append('}').toString();
  }

  /** That lines are missing. */
  static String missing(Instant time, long lines) {
    ConnectionLine line = new ConnectionLine();
    line.text("time", TIME.format(time));
    line.number("dropped", lines);
    return line.out.append('}').toString();
  }

  private void add(ClosedConnection connection) {
    text("time", TIME.format(connection.ended()));
    text("id", connection.idText());
    text("service", connection.service());
    text("protocol", connection.protocol().toString());
    text("client", SocketAddresses.format(connection.client()));
    text("virtualAddress", SocketAddresses.format(connection.virtualAddress()));
    text("server", connection.server() == null ? null : connection.server().name());
    text("ending", connection.ending().toString());
    if (connection.fault() != null) {
      text("fault", connection.fault().toString());
    }
    if (connection.cause() != null) {
      text("cause", connection.cause());
    }
    number("attempts", connection.attempts());
    if (!connection.failures().isEmpty()) {
      key("failures").append('[');
      for (FailedAttempt failure : connection.failures()) {
        out.append(out.charAt(out.length() - 1) == '[' ? "{" : ",{");
        text("server", failure.server().name());
        text("fault", failure.fault().toString());
        text("reason", failure.reason());
        out.append('}');
      }
      out.append(']');
    }
    millis("waitMs", connection.waited());
    millis("connectMs", connection.connecting());
    millis("firstByteMs", connection.firstByte());
    millis("totalMs", connection.total());
    number("bytesIn", connection.bytesFromClient());
    number("bytesOut", connection.bytesToClient());
  }

  private StringBuilder key(String name) {
    char last = out.length() == 0 ? 0 : out.charAt(out.length() - 1);
    out.append(last == 0 ? "{" : last == '{' ? "" : ",");
    return out.append('"').append(name).append("\":");
  }

  private void text(String name, @Nullable String value) {
    key(name);
    if (value == null) {
      out.append("null");
      return;
    }
    out.append('"');
    JsonStringEncoder.getInstance().quoteAsString(value, out);
    out.append('"');
  }

  private void number(String name, long value) {
    key(name).append(value);
  }

  /** With three decimals: microseconds. */
  private void millis(String name, @Nullable Duration value) {
    key(name);
    if (value == null) {
      out.append("null");
      return;
    }
    long micros = value.toNanos() / 1000;
    out.append(micros / 1000).append('.');
    long rest = micros % 1000;
    out.append(rest < 100 ? rest < 10 ? "00" : "0" : "").append(rest);
  }
}

package io.jvs.checks.grpc;

import io.jvs.checks.Received;
import io.netty.handler.codec.http.HttpHeaders;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a call ended, from its trailers.
 *
 * @param code 0 to 16, or what the server made up
 * @param message of the server, perhaps empty
 */
record GrpcStatus(String code, String message) {
  /** In the order of their numbers; gRPC's statuscodes.md. */
  private static final List<String> NAMES =
      List.of(
          "OK",
          "CANCELLED",
          "UNKNOWN",
          "INVALID_ARGUMENT",
          "DEADLINE_EXCEEDED",
          "NOT_FOUND",
          "ALREADY_EXISTS",
          "PERMISSION_DENIED",
          "RESOURCE_EXHAUSTED",
          "FAILED_PRECONDITION",
          "ABORTED",
          "OUT_OF_RANGE",
          "UNIMPLEMENTED",
          "INTERNAL",
          "UNAVAILABLE",
          "DATA_LOSS",
          "UNAUTHENTICATED");

  /** From trailers, or null if they have none. */
  static @Nullable GrpcStatus of(HttpHeaders trailers) {
    String code = trailers.get("grpc-status");
    String message = trailers.get("grpc-message");
    return code == null ? null : new GrpcStatus(code, message == null ? "" : message);
  }

  boolean isOk() {
    return code.equals("0");
  }

  boolean is(String name) {
    return name().equals(name);
  }

  /** {@code grpc-status 14 UNAVAILABLE: 'going down'}. */
  @Override
  public String toString() {
    String shown = code.matches("\\d{1,3}") ? code : Received.quote(bytes(code));
    return "grpc-status "
        + (name().isEmpty() ? shown : shown + " " + name())
        + (message.isEmpty() ? "" : ": " + Received.quote(decoded(message)));
  }

  private String name() {
    return code.matches("\\d|1[0-6]") ? NAMES.get(Integer.parseInt(code)) : "";
  }

  /** Percent-encoded UTF-8; what is not, is left as it is (gRPC over HTTP2, Status-Message). */
  private static byte[] decoded(String message) {
    byte[] text = bytes(message);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int i = 0; i < text.length; i++) {
      int high = i + 2 < text.length ? Character.digit(text[i + 1], 16) : -1;
      int low = i + 2 < text.length ? Character.digit(text[i + 2], 16) : -1;
      if (text[i] == '%' && high >= 0 && low >= 0) {
        out.write(high << 4 | low);
        i += 2;
      } else {
        out.write(text[i]);
      }
    }
    return out.toByteArray();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}

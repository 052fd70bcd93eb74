package io.jvs.checks.grpc;

import io.jvs.checks.Received;
import io.jvs.checks.exchange.HttpAnswer;
import io.jvs.checks.exchange.HttpExchange;
import io.jvs.checks.exchange.HttpQuestion;
import io.jvs.checks.tls.TlsChannel;
import io.jvs.checks.tls.TlsSettings;
import io.jvs.health.ActiveCheck;
import io.jvs.health.CheckAttempt;
import io.jvs.health.CheckResult;
import io.jvs.model.SocketAddresses;
import io.netty.handler.codec.http.HttpHeaderNames;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * {@code grpc.health.v1.Health/Check} says SERVING (gRPC's health-checking.md), over HTTP/2 by ALPN
 * under TLS and with prior knowledge without.
 *
 * @param service the service to ask about, or empty for the server as a whole; up to 200 printable
 *     ASCII characters
 * @param authority the virtual host, or null for address and port that the check goes to
 * @param tls how to speak TLS, or null for none
 */
public record GrpcHealth(String service, @Nullable String authority, @Nullable TlsSettings tls)
    implements ActiveCheck {
  private static final int MAX_ANSWER = 4096;

  public GrpcHealth {
    if (!service.matches("[!-~]{0,200}")) {
      throw new IllegalArgumentException(
          "grpc service '"
              + service
              + "' (expected: a name such as shop.v1.Orders, or nothing for the whole server)");
    }
    if (authority != null && !authority.matches("[A-Za-z0-9._:\\[\\]-]{1,260}")) {
      throw new IllegalArgumentException(
          "grpc authority '"
              + authority
              + "' (expected: a host name, perhaps with a port: orders.example:50051)");
    }
  }

  /** The server as a whole, without TLS. */
  public static GrpcHealth server() {
    return new GrpcHealth("", null, null);
  }

  /** One service, without TLS. */
  public static GrpcHealth of(String service) {
    return new GrpcHealth(service, null, null);
  }

  public GrpcHealth authority(String newAuthority) {
    return new GrpcHealth(service, newAuthority, tls);
  }

  public GrpcHealth tls(TlsSettings settings) {
    return new GrpcHealth(service, authority, settings);
  }

  @Override
  public String kind() {
    return "grpc";
  }

  @Override
  public CompletionStage<CheckResult> start(CheckAttempt attempt) {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("content-type", "application/grpc");
    headers.put("te", "trailers");
    headers.put("user-agent", "jvs");
    HttpQuestion question =
        new HttpQuestion(
            /* http2= */ true,
            tls,
            "POST",
            "/grpc.health.v1.Health/Check",
            authority == null ? SocketAddresses.format(attempt.address()) : authority,
            headers,
            HealthMessages.request(service),
            MAX_ANSWER);
    return HttpExchange.ask(attempt, question)
        .thenApply(this::judge)
        .exceptionally(thrown -> CheckResult.failed(TlsChannel.reason(thrown)));
  }

  private CheckResult judge(HttpAnswer answer) {
    // Without a message, the trailers are the only headers (Trailers-Only).
    GrpcStatus inTrailers = GrpcStatus.of(answer.trailers());
    GrpcStatus status = inTrailers == null ? GrpcStatus.of(answer.headers()) : inTrailers;
    if (status == null) {
      return CheckResult.failed(notGrpc(answer));
    }
    if (!status.isOk()) {
      return CheckResult.failed(refusal(status));
    }
    try {
      CheckResult result = verdict(HealthMessages.status(answer.body()));
      return answer.warning() == null ? result : result.withWarning(answer.warning());
    } catch (IOException e) {
      return CheckResult.failed("not a health answer: " + e.getMessage());
    }
  }

  private static String notGrpc(HttpAnswer answer) {
    String type = answer.headers().get(HttpHeaderNames.CONTENT_TYPE);
    if (answer.status() == 200 && type != null && type.startsWith("application/grpc")) {
      return answer.whole()
          ? "not gRPC: no grpc-status in the trailers"
          : "an answer of more than " + MAX_ANSWER + " bytes (expected: 7)";
    }
    return "not gRPC: status "
        + answer.status()
        + (type == null
            ? ""
            : ", content type " + Received.quote(type.getBytes(StandardCharsets.ISO_8859_1)));
  }

  private String refusal(GrpcStatus status) {
    if (status.is("NOT_FOUND")) {
      return "the server does not know service '" + service + "' (" + status + ")";
    }
    return status.is("UNIMPLEMENTED")
        ? "the server has no health service (" + status + ")"
        : status.toString();
  }

  /** HealthCheckResponse.ServingStatus. */
  private static CheckResult verdict(int status) {
    return switch (status) {
      case 0 -> CheckResult.failed("UNKNOWN (expected: SERVING)");
      case 1 -> CheckResult.passed("SERVING");
      case 2 -> CheckResult.failed("NOT_SERVING (expected: SERVING)");
      case 3 -> CheckResult.failed("SERVICE_UNKNOWN (expected: SERVING)");
      default -> CheckResult.failed("health status " + status + " (expected: 1, SERVING)");
    };
  }

  /** {@code grpc shop.v1.Orders}. */
  @Override
  public String toString() {
    return (tls == null ? "grpc" : "grpc over TLS") + (service.isEmpty() ? "" : " " + service);
  }
}

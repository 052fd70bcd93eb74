package io.jvs.checks.tls;

import io.jvs.health.ActiveCheck;
import io.jvs.health.CheckAttempt;
import io.jvs.health.CheckResult;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import javax.net.ssl.SSLSession;

/**
 * A TLS handshake comes about, and the server's certificate is as the settings want it. Warns when
 * it ends soon.
 *
 * @param settings what is asked for and expected
 */
public record TlsHandshake(TlsSettings settings) implements ActiveCheck {
  @Override
  public String kind() {
    return "tls";
  }

  @Override
  public CompletionStage<CheckResult> start(CheckAttempt attempt) {
    return TlsChannel.connect(attempt)
        .thenCompose(
            connection -> {
              attempt.doing("in the TLS handshake");
              return connection
                  .startTls(settings, List.of())
                  .thenCompose(session -> confirm(attempt, connection, session));
            })
        .exceptionally(thrown -> CheckResult.failed(TlsChannel.reason(thrown)));
  }

  /**
   * In TLS 1.3 the client is done before the server has seen the client's certificate, or that
   * there is none (RFC 8446 section 2). If it asked for one, its verdict is in what it says when
   * the connection ends.
   */
  private CompletionStage<CheckResult> confirm(
      CheckAttempt attempt, TlsChannel connection, SSLSession session) {
    if (!ClientCertificate.wasAsked(session)) {
      return CompletableFuture.completedFuture(passed(session));
    }
    attempt.doing("waiting for the verdict on the client certificate");
    return connection
        .finish()
        .thenCompose(nothing -> drain(connection, ByteBuffer.allocate(1024)))
        .handle(
            (end, thrown) ->
                thrown == null || !TlsReasons.isAlert(thrown)
                    ? passed(session)
                    : CheckResult.failed(TlsReasons.of(thrown, new byte[0])));
  }

  /** Until the end; what a server says first, such as a greeting, does not matter here. */
  private static CompletableFuture<Integer> drain(TlsChannel connection, ByteBuffer into) {
    return connection
        .read(into.clear())
        .thenCompose(
            count ->
                count < 0 ? CompletableFuture.completedFuture(count) : drain(connection, into));
  }

  private CheckResult passed(SSLSession session) {
    CheckResult passed = CheckResult.passed(session.getProtocol() + " " + session.getCipherSuite());
    String warning = CertificateDates.warning(session, settings);
    return warning == null ? passed : passed.withWarning(warning);
  }

  @Override
  public String toString() {
    return settings.toString();
  }
}

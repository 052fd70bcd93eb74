package io.jvs.health;

import io.jvs.model.CheckTiming;
import io.jvs.model.HealthDeclaration;
import java.time.Duration;
import java.util.concurrent.CompletionStage;

/** A TCP connection can be opened; it is reset again at once, as haproxy does. */
public record TcpConnect() implements ActiveCheck {
  /** All that a declaration needs: this check so often, with the usual timing. */
  public static HealthDeclaration every(Duration interval) {
    return HealthDeclaration.of(
        new TcpConnect(), CheckTiming.DEFAULT.every(interval).timeout(interval));
  }

  @Override
  public String kind() {
    return "tcp-connect";
  }

  @Override
  public CompletionStage<CheckResult> start(CheckAttempt attempt) {
    return SocketProbe.connect(attempt);
  }

  @Override
  public String toString() {
    return kind();
  }
}

package io.jvs.health;

import io.jvs.model.CheckTiming;
import io.jvs.model.HealthDeclaration;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.CompletionStage;

/**
 * A TCP connection can be opened; it is reset again at once, as haproxy does, so that thousands of
 * checks leave no TIME_WAIT behind.
 */
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
    return attempt.connect().thenApply(TcpConnect::connected);
  }

  private static CheckResult connected(SocketChannel channel) {
    try {
      channel.setOption(StandardSocketOptions.SO_LINGER, 0); // the runner closes it
    } catch (IOException e) {
      // Closed by the server already: then there is nothing to reset.
    }
    return CheckResult.passed("connected");
  }

  @Override
  public String toString() {
    return kind();
  }
}

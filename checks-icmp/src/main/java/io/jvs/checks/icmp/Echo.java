package io.jvs.checks.icmp;

import io.jvs.health.CheckAttempt;
import io.jvs.health.CheckResult;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;

/** One try: a request, and the wait for its reply. */
final class Echo implements PingPoller.Reader {
  private static final short SEQUENCE = 1; // each try has a socket of its own

  private final CompletableFuture<CheckResult> result = new CompletableFuture<>();
  private final byte[] nonce = new byte[EchoCodec.NONCE_LENGTH];
  private final PingSocket socket;
  private final boolean ipv6;

  private Echo(PingSocket socket, boolean ipv6) {
    this.socket = socket;
    this.ipv6 = ipv6;
    ThreadLocalRandom.current().nextBytes(nonce); // against mix-ups, not against attackers
  }

  /** Loading native code takes its time; later tries start where they are called. */
  static CompletableFuture<CheckResult> begin(CheckAttempt attempt) {
    attempt.doing("waiting for an echo reply");
    return PingSocket.isLoaded()
        ? send(attempt)
        : CompletableFuture.completedFuture(attempt)
            .thenComposeAsync(Echo::send, attempt.blocking());
  }

  private static CompletableFuture<CheckResult> send(CheckAttempt attempt) {
    try {
      InetAddress to = attempt.address().getAddress();
      PingSocket socket = PingSocket.open(to, attempt.bind());
      Echo echo = new Echo(socket, to instanceof Inet6Address);
      try {
        socket.send(EchoCodec.request(echo.ipv6, SEQUENCE, echo.nonce));
        PingPoller.add(socket, echo);
      } catch (PingException e) {
        socket.close();
        throw e;
      }
      attempt.onEnd(() -> PingPoller.remove(socket));
      return echo.result;
    } catch (PingException e) {
      return CompletableFuture.completedFuture(CheckResult.failed(String.valueOf(e.getMessage())));
    }
  }

  @Override
  public void readable() {
    try {
      Optional<byte[]> packet = socket.receive();
      if (packet.isPresent() && EchoCodec.isReply(packet.get(), ipv6, SEQUENCE, nonce)) {
        result.complete(CheckResult.passed("echo reply"));
      }
    } catch (PingException e) {
      failed(String.valueOf(e.getMessage()));
    }
  }

  @Override
  public void failed(String why) {
    result.complete(CheckResult.failed(why));
  }
}

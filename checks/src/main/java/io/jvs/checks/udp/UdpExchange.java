package io.jvs.checks.udp;

import io.jvs.health.CheckAttempt;
import io.jvs.health.CheckResult;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/** One try: a connected socket, as only such a one hears of ICMP messages and of no stranger. */
final class UdpExchange implements DatagramSelector.Reader {
  private static final Duration LONGEST_SILENCE = Duration.ofMillis(500);
  private static final int SHOWN = 20;

  private final UdpCheck check;
  private final CheckAttempt attempt;
  private final CompletableFuture<CheckResult> result = new CompletableFuture<>();

  UdpExchange(UdpCheck check, CheckAttempt attempt) {
    this.check = check;
    this.attempt = attempt;
  }

  CompletableFuture<CheckResult> begin() {
    attempt.doing("waiting for a reply");
    try {
      DatagramChannel channel = DatagramChannel.open();
      attempt.onEnd(() -> DatagramSelector.close(channel));
      channel.configureBlocking(false);
      if (attempt.bind() != null) {
        channel.bind(new InetSocketAddress(attempt.bind(), 0));
      }
      channel.connect(attempt.address());
      channel.write( // one datagram
          new ByteBuffer[] {attempt.preamble(), ByteBuffer.wrap(check.payload().bytes())});
      DatagramSelector.register(channel, this);
      if (!check.requireReply()) {
        var unused =
            attempt
                .timer()
                .schedule(
                    () -> result.complete(CheckResult.passed("nothing speaks against it")),
                    silence().toNanos(),
                    TimeUnit.NANOSECONDS);
      }
    } catch (RejectedExecutionException e) {
      result.complete(CheckResult.failed("the monitor is closed"));
    } catch (IOException | RuntimeException e) { // no route, no port, a family that is not there
      failed(e);
    }
    return result;
  }

  private Duration silence() {
    Duration half = attempt.timeout().dividedBy(2);
    return half.compareTo(LONGEST_SILENCE) < 0 ? half : LONGEST_SILENCE;
  }

  @Override
  public void readable(DatagramChannel channel) {
    // One more than is allowed, so that a longer one is seen to be longer.
    ByteBuffer buffer = ByteBuffer.allocate(check.maxReplyLength() + 1);
    try {
      // A key is ready only if something has come: a read of nothing is an empty datagram. That of
      // a
      // wrong checksum is thrown away by the kernel in between, which is rare enough to be a reply.
      int unused = channel.read(buffer);
      result.complete(check.judge(Arrays.copyOf(buffer.array(), buffer.position())));
    } catch (IOException e) {
      failed(e);
    }
  }

  @Override
  public void failed(Exception e) {
    result.complete(CheckResult.failed(reason(e)));
  }

  private static String reason(Exception e) {
    if (e instanceof PortUnreachableException) {
      return "port unreachable";
    }
    String message = e.getMessage();
    return message == null || message.isEmpty()
        ? e.getClass().getSimpleName()
        : message.substring(0, 1).toLowerCase(Locale.ROOT) + message.substring(1);
  }

  /** The first bytes, for messages. */
  static String hex(byte[] bytes) {
    String digits =
        HexFormat.of().withUpperCase().formatHex(bytes, 0, Math.min(SHOWN, bytes.length));
    return bytes.length == 0 ? "an empty datagram" : digits + (bytes.length > SHOWN ? "…" : "");
  }
}

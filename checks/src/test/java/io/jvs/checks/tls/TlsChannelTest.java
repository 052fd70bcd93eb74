package io.jvs.checks.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jvs.checks.Certificates;
import io.jvs.checks.CheckTable;
import io.jvs.checks.LyingServer;
import io.jvs.health.ActiveCheck;
import io.jvs.health.CheckAttempt;
import io.jvs.health.CheckResult;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** As a dialogue uses it: plain first, then TLS, both ways. */
class TlsChannelTest {
  private static final int CHUNK = 100_000; // several TLS records each

  private final CheckTable table = new CheckTable();

  @AfterEach
  void stop() {
    table.close();
  }

  private record Dialogue(Function<CheckAttempt, CompletionStage<CheckResult>> talk)
      implements ActiveCheck {
    @Override
    public String kind() {
      return "dialogue";
    }

    @Override
    public CompletionStage<CheckResult> start(CheckAttempt attempt) {
      return talk.apply(attempt);
    }

    @Override
    public String toString() {
      return kind();
    }
  }

  @Test
  void a_plain_connection_turns_to_tls_and_carries_much_both_ways(@TempDir Path directory)
      throws Exception {
    Certificates certificates = new Certificates(directory);
    Certificates.Issued own = certificates.issue("own", "ip:127.0.0.1");
    TlsSettings settings = TlsSettings.DEFAULT.trusting(certificates.authority());
    LyingServer.Lie startTls =
        (server, connection) -> {
          connection.getOutputStream().write("hello\n".getBytes(StandardCharsets.US_ASCII));
          connection.getInputStream().readNBytes("STARTTLS\n".length());
          Socket secure =
              own.context()
                  .getSocketFactory()
                  .createSocket(connection, "127.0.0.1", connection.getPort(), true);
          ((SSLSocket) secure).setUseClientMode(false);
          for (int i = 0; i < 5; i++) {
            secure.getOutputStream().write(secure.getInputStream().readNBytes(CHUNK));
          }
          secure.close();
        };
    Dialogue dialogue =
        new Dialogue(
            attempt ->
                TlsChannel.connect(attempt)
                    .thenCompose(channel -> read(channel, ByteBuffer.allocate(6)))
                    .thenCompose(
                        channel ->
                            channel.write(
                                ByteBuffer.wrap("STARTTLS\n".getBytes(StandardCharsets.US_ASCII))))
                    .thenCompose(
                        channel ->
                            channel
                                .startTls(settings, List.of())
                                .thenCompose(session -> echo(channel, 5)))
                    .thenCompose(channel -> channel.read(ByteBuffer.allocate(1)))
                    .thenApply(end -> CheckResult.passed("then " + end)));
    try (LyingServer server = LyingServer.start(startTls)) {
      assertThat(table.run(dialogue, "STARTTLS", server.address()))
          .isEqualTo(CheckResult.passed("then -1"));
    }
  }

  private static CompletableFuture<TlsChannel> echo(TlsChannel channel, int rounds) {
    if (rounds == 0) {
      return CompletableFuture.completedFuture(channel);
    }
    byte[] sent = new byte[CHUNK];
    Arrays.fill(sent, (byte) rounds);
    ByteBuffer back = ByteBuffer.allocate(CHUNK);
    return channel
        .write(ByteBuffer.wrap(sent))
        .thenCompose(same -> read(same, back))
        .thenCompose(
            same -> {
              assertThat(back.array()).isEqualTo(sent);
              return echo(same, rounds - 1);
            });
  }

  private static CompletableFuture<TlsChannel> read(TlsChannel channel, ByteBuffer into) {
    return into.hasRemaining()
        ? channel.read(into).thenCompose(count -> read(channel, into))
        : CompletableFuture.completedFuture(channel);
  }

  @Test
  void there_is_no_session_before_tls() throws Exception {
    try (LyingServer server = LyingServer.start(LyingServer.hangs())) {
      Dialogue dialogue =
          new Dialogue(
              attempt ->
                  TlsChannel.connect(attempt)
                      .thenApply(
                          channel -> {
                            assertThatThrownBy(channel::session)
                                .hasMessage("startTls has not been called");
                            channel.close();
                            channel.close();
                            return CheckResult.passed("no session");
                          }));
      InetSocketAddress address = server.address();
      assertThat(table.run(dialogue, "hangs", address).passed()).isTrue();
    }
  }
}

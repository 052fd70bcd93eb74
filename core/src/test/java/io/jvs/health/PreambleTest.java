package io.jvs.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.model.CheckDeclaration;
import io.jvs.model.CheckTarget;
import io.jvs.model.CheckTiming;
import io.jvs.model.RealServer;
import io.jvs.model.SocketAddresses;
import io.jvs.model.VirtualService;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a server hears of a check that begins with a PROXY header. */
class PreambleTest {
  private final CheckRunner runner = new CheckRunner();

  @AfterEach
  void stop() {
    runner.close();
  }

  /** Connects, and closes without a reset, which would take away what has been sent. */
  private record Visit() implements ActiveCheck {
    @Override
    public String kind() {
      return "visit";
    }

    @Override
    public CompletionStage<CheckResult> start(CheckAttempt attempt) {
      return attempt.connect().thenApply(channel -> CheckResult.passed("connected"));
    }
  }

  private String heard(int version) throws Exception {
    try (ServerSocket server = new ServerSocket(0, 5, SocketAddresses.parseIp("127.0.0.1"))) {
      CheckTarget target = CheckTarget.SERVER.withProxyVersion(version);
      CheckResult result =
          runner
              .run(
                  VirtualService.inProcess("web").build(),
                  RealServer.of(
                      new InetSocketAddress(server.getInetAddress(), server.getLocalPort())),
                  new CheckDeclaration(new Visit(), target, CheckTiming.DEFAULT))
              .get(20, TimeUnit.SECONDS);
      assertThat(result.passed()).as(result.detail()).isTrue();
      try (Socket client = server.accept()) {
        return HexFormat.of().formatHex(client.getInputStream().readAllBytes());
      }
    }
  }

  @Test
  void version_1_knows_no_addresses() throws Exception {
    byte[] line = "PROXY UNKNOWN\r\n".getBytes(StandardCharsets.US_ASCII);
    assertThat(heard(1)).isEqualTo(HexFormat.of().formatHex(line));
  }

  @Test
  void version_2_says_that_the_sender_speaks_for_itself() throws Exception {
    assertThat(heard(2)).isEqualTo("0d0a0d0a000d0a515549540a" + "20" + "00" + "0000");
  }

  @Test
  void without_a_version_nothing_is_sent() throws Exception {
    assertThat(heard(0)).isEmpty();
  }
}

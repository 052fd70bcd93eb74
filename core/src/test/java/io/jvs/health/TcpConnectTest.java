package io.jvs.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.model.CheckDeclaration;
import io.jvs.model.CheckTarget;
import io.jvs.model.CheckTiming;
import io.jvs.model.RealServer;
import io.jvs.model.SocketAddresses;
import io.jvs.model.VirtualService;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Real sockets on loopback. */
class TcpConnectTest {
  private final CheckRunner runner = new CheckRunner();

  @AfterEach
  void stop() {
    runner.close();
  }

  private CheckResult check(InetSocketAddress address, int port, Duration timeout)
      throws Exception {
    CheckTiming timing = CheckTiming.DEFAULT.every(Duration.ofSeconds(30)).timeout(timeout);
    VirtualService service = VirtualService.inProcess("web").build();
    return runner
        .run(
            service,
            RealServer.of(address),
            new CheckDeclaration(new TcpConnect(), CheckTarget.port(port), timing))
        .get(20, TimeUnit.SECONDS);
  }

  private static InetSocketAddress address(ServerSocket server) {
    return new InetSocketAddress(server.getInetAddress(), server.getLocalPort());
  }

  @Test
  void a_listening_server_passes_on_ipv4_and_ipv6() throws Exception {
    for (String loopback : List.of("127.0.0.1", "::1")) {
      try (ServerSocket server = new ServerSocket(0, 5, SocketAddresses.parseIp(loopback))) {
        assertThat(check(address(server), 0, Duration.ofSeconds(10)).passed()).isTrue();
      }
    }
  }

  @Test
  void another_port_can_be_asked_than_the_services() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 5, SocketAddresses.parseIp("127.0.0.1"))) {
      InetSocketAddress elsewhere = SocketAddresses.parse("127.0.0.1:1");
      CheckResult result = check(elsewhere, server.getLocalPort(), Duration.ofSeconds(10));
      assertThat(result.passed()).isTrue();
    }
  }

  @Test
  void a_closed_port_fails_and_says_so() throws Exception {
    InetSocketAddress gone;
    try (ServerSocket server = new ServerSocket(0, 5, SocketAddresses.parseIp("127.0.0.1"))) {
      gone = address(server);
    }
    assertThat(check(gone, 0, Duration.ofSeconds(10)))
        .isEqualTo(CheckResult.failed("connection refused"));
  }

  @Test
  void a_server_that_does_not_accept_fails_in_time() throws Exception {
    List<Socket> queued = new ArrayList<>();
    try (ServerSocket server = new ServerSocket(0, 1, SocketAddresses.parseIp("127.0.0.1"))) {
      fillBacklog(server, queued);
      assertThat(check(address(server), 0, Duration.ofMillis(200)))
          .isEqualTo(CheckResult.failed("timed out after 200ms connecting"));
    } finally {
      for (Socket socket : queued) {
        socket.close();
      }
    }
  }

  /** Nobody accepts, so at some point the kernel answers no more. */
  private static void fillBacklog(ServerSocket server, List<Socket> queued) throws IOException {
    for (int i = 0; i < 50; i++) {
      Socket socket = new Socket();
      queued.add(socket);
      try {
        socket.connect(address(server), 200);
      } catch (java.net.SocketTimeoutException full) {
        return;
      }
    }
    throw new AssertionError("a backlog of 1 took 50 connections");
  }

  @Test
  void an_unknown_host_fails_and_says_so() throws Exception {
    CheckResult result =
        check(
            InetSocketAddress.createUnresolved("no.such.host.invalid", 80),
            0,
            Duration.ofSeconds(10));
    assertThat(result.passed()).isFalse();
    assertThat(result.detail()).contains("no.such.host.invalid");
  }
}

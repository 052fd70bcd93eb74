package io.jvs.transport.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.model.Timeouts;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;

class TimeoutTest {
  private static final Duration LONG = Duration.ofMinutes(10);
  private static final Duration SHORT = Duration.ofMillis(400);

  @Engines
  void an_idle_connection_is_reset_on_both_sides(TcpEngine engine) throws Exception {
    try (TestServer server = TestServer.passive();
        Rig rig = Rig.of(engine, s -> s.timeouts(new Timeouts(LONG, SHORT, LONG, LONG)), server)) {
      Socket client = rig.client();
      Socket atServer = server.next();
      assertThat(Sockets.ending(client)).isEqualTo("reset");
      assertThat(Sockets.ending(atServer)).isEqualTo("reset");
      rig.awaitConnections(0);
      assertThat(rig.status(server).failed()).isZero();
    }
  }

  @Engines
  void a_byte_now_and_then_keeps_a_connection(TcpEngine engine) throws Exception {
    Duration idle = Duration.ofSeconds(1);
    try (TestServer server = TestServer.echo();
        Rig rig = Rig.of(engine, s -> s.timeouts(new Timeouts(LONG, idle, LONG, LONG)), server)) {
      Socket client = rig.client();
      for (int i = 0; i < 8; i++) { // twice as long as the timeout
        Sockets.ping(client);
        Thread.sleep(idle.toMillis() / 4); // time is what this test is about
      }
      assertThat(rig.connections()).isEqualTo(1);
    }
  }

  @Engines
  void after_the_first_fin_the_shorter_timeout_counts(TcpEngine engine) throws Exception {
    try (TestServer server = TestServer.passive();
        Rig rig =
            Rig.of(
                engine,
                s -> s.timeouts(new Timeouts(LONG, LONG, Duration.ofSeconds(1), LONG)),
                server)) {
      Socket client = rig.client();
      Socket atServer = server.next();
      client.shutdownOutput();
      assertThat(atServer.getInputStream().read()).isEqualTo(-1);
      assertThat(Sockets.ending(client)).isEqualTo("reset");
      rig.awaitConnections(0);
    }
  }

  @Engines
  void a_reset_after_a_fin_is_seen_long_before_the_timeout(TcpEngine engine) throws Exception {
    if (engine == TcpEngine.NIO) {
      return; // the selector tells nobody; the timeout or the next byte from the server ends it
    }
    try (TestServer server = TestServer.passive();
        Rig rig = Rig.of(engine, s -> s.timeouts(new Timeouts(LONG, LONG, LONG, LONG)), server)) {
      Socket client = rig.client();
      Socket atServer = server.next();
      client.shutdownOutput();
      assertThat(atServer.getInputStream().read()).isEqualTo(-1);
      Sockets.await("counted as closing", () -> rig.status(server).inactive() == 1);
      Sockets.reset(client);
      rig.awaitConnections(0);
      Sockets.await("server sees the reset", () -> sendFails(atServer));
    }
  }

  private static boolean sendFails(Socket socket) {
    try {
      socket.getOutputStream().write(1);
      return false;
    } catch (java.io.IOException e) {
      return true;
    }
  }

  /** Its window is zero, and what it does not take is held for no longer than the timeout. */
  @Engines
  void a_peer_that_never_reads_is_idle_however_much_waits_for_it(TcpEngine engine)
      throws Exception {
    Duration limit = Duration.ofSeconds(2);
    try (TestServer server = TestServer.that(TimeoutTest::writeForEver);
        Rig rig = Rig.of(engine, s -> s.timeouts(new Timeouts(LONG, limit, LONG, LONG)), server)) {
      Socket client = rig.client();
      rig.awaitConnections(1);
      rig.awaitConnections(0); // while it still does not read
      assertThat(rig.status(server).bytesToClients()).isPositive();
      assertThat(Sockets.ending(client)).isEqualTo("reset");
    }
  }

  @Engines
  void a_peer_that_reads_now_and_then_gets_everything(TcpEngine engine) throws Exception {
    int size = 24 << 20; // more than kernels hold, so that its window closes again and again
    Duration limit = Duration.ofSeconds(2);
    try (TestServer server =
            TestServer.that(
                socket -> {
                  for (int sent = 0; sent < size; sent += 1 << 20) {
                    socket.getOutputStream().write(new byte[1 << 20]);
                  }
                });
        Rig rig = Rig.of(engine, s -> s.timeouts(new Timeouts(LONG, limit, limit, LONG)), server)) {
      Socket client = rig.client();
      for (int part = 0; part < 8; part++) {
        Thread.sleep(limit.toMillis() / 5); // time is what this test is about
        client.getInputStream().skipNBytes(size / 8);
      }
      assertThat(Sockets.ending(client)).isEqualTo("eof");
      rig.awaitConnections(0);
    }
  }

  private static void writeForEver(Socket socket) throws IOException {
    while (true) {
      socket.getOutputStream().write(new byte[64 * 1024]);
    }
  }
}

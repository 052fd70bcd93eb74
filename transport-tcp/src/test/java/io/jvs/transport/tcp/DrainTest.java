package io.jvs.transport.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

class DrainTest {
  @Engines
  void a_connection_may_finish_while_new_clients_are_refused(TcpEngine engine) throws Exception {
    try (TestServer server = TestServer.echo();
        Rig rig = Rig.of(engine, server)) {
      Socket client = rig.client();
      Sockets.ping(client);
      CompletableFuture<Void> closed = close(rig, Duration.ofMinutes(5));
      Sockets.await("nobody listens", () -> refused(rig));
      Sockets.ping(client);
      assertThat(closed).isNotDone();
      client.shutdownOutput();
      assertThat(Sockets.ending(client)).isEqualTo("eof");
      closed.get(10, TimeUnit.SECONDS);
      assertThat(rig.connections()).isZero();
      rig.transport.close(Duration.ofMinutes(5)); // a second time does nothing
    }
  }

  @Engines
  void what_is_left_at_the_deadline_is_reset(TcpEngine engine) throws Exception {
    try (TestServer server = TestServer.passive();
        Rig rig = Rig.of(engine, server)) {
      Socket client = rig.client();
      Socket atServer = server.next();
      CompletableFuture<Void> closed = close(rig, Duration.ofMillis(300));
      assertThat(Sockets.ending(client)).isEqualTo("reset");
      assertThat(Sockets.ending(atServer)).isEqualTo("reset");
      closed.get(10, TimeUnit.SECONDS);
      assertThat(rig.connections()).isZero();
    }
  }

  private static CompletableFuture<Void> close(Rig rig, Duration drain) {
    return CompletableFuture.runAsync(() -> rig.transport.close(drain));
  }

  private static boolean refused(Rig rig) {
    try (Socket early = Sockets.connect(rig.address)) {
      return !early.isConnected(); // before the listener was closed
    } catch (IOException e) {
      return String.valueOf(e.getMessage()).contains("refused");
    }
  }
}

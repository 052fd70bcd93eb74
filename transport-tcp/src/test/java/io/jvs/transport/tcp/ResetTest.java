package io.jvs.transport.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/**
 * A reset at every stage of a connection, by either side: the other side is reset, nothing is left
 * behind, and the next client is served. While it is being connected: ConnectTest.
 */
class ResetTest {
  private static final int TIMES = 20; // what comes first on two loops is a matter of luck

  /** One side at a stage of its connection; then it resets. */
  interface Stage {
    void reach(Socket client, Socket server) throws IOException;
  }

  @Engines
  void before_any_data(TcpEngine engine) throws Exception {
    eitherSide(engine, (client, server) -> {});
  }

  @Engines
  void in_the_middle_of_a_request(TcpEngine engine) throws Exception {
    eitherSide(
        engine,
        (client, server) -> {
          client.getOutputStream().write(new byte[100_000]);
          server.getInputStream().skipNBytes(1);
        });
  }

  @Engines
  void in_the_middle_of_an_answer_that_nobody_reads(TcpEngine engine) throws Exception {
    eitherSide(
        engine,
        (client, server) -> {
          Sockets.send(client, "x");
          server.getInputStream().skipNBytes(1);
          server.getOutputStream().write(new byte[100_000]);
        });
  }

  @Engines
  void after_a_half_close_of_the_client(TcpEngine engine) throws Exception {
    eitherSide(
        engine,
        (client, server) -> {
          Sockets.send(client, "x");
          client.shutdownOutput();
          assertThat(Sockets.ending(server)).isEqualTo("eof");
        });
  }

  @Engines
  void after_a_half_close_of_the_server(TcpEngine engine) throws Exception {
    eitherSide(
        engine,
        (client, server) -> {
          server.shutdownOutput();
          assertThat(Sockets.ending(client)).isEqualTo("eof");
          Sockets.send(client, "x");
          server.getInputStream().skipNBytes(1);
        });
  }

  @Engines
  void of_both_sides_at_once(TcpEngine engine) throws Exception {
    try (TestServer server = TestServer.passive();
        Rig rig = Rig.of(engine, server)) {
      for (int i = 0; i < TIMES; i++) {
        Socket client = rig.client();
        Socket atServer = server.next();
        if (i % 2 == 0) {
          client.getOutputStream().write(new byte[50_000]);
          atServer.getOutputStream().write(new byte[50_000]);
        }
        Sockets.reset(i % 4 < 2 ? client : atServer);
        Sockets.reset(i % 4 < 2 ? atServer : client);
      }
      rig.awaitConnections(0);
      served(rig, server);
    }
  }

  /** Both pipes or buffers hold what nobody takes when it happens. */
  @Engines
  void with_as_much_under_way_as_goes_in_both_directions(TcpEngine engine) throws Exception {
    try (TestServer server = TestServer.passive();
        Rig rig = Rig.of(engine, server)) {
      List<Thread> writers = new ArrayList<>();
      for (int i = 0; i < TIMES / 4; i++) {
        Socket client = rig.client();
        Socket atServer = server.next();
        writers.add(fill(client));
        writers.add(fill(atServer));
        long enough = 1 << 20;
        long before = rig.status(server).bytesFromClients();
        Sockets.await(
            "bytes under way", () -> rig.status(server).bytesFromClients() > before + enough);
        Sockets.reset(i % 2 == 0 ? client : atServer);
        Socket other = i % 2 == 0 ? atServer : client;
        // Whoever comes first, this or who writes, is told of the reset; the other finds the end.
        assertThat(Sockets.ending(other)).isIn("reset", "eof");
      }
      for (Thread writer : writers) {
        writer.join(Sockets.PATIENCE.toMillis());
        assertThat(writer.isAlive()).as("still writing").isFalse();
      }
      rig.awaitConnections(0);
      served(rig, server);
    }
  }

  /** Writes until it cannot. */
  private static Thread fill(Socket socket) {
    Thread writer =
        new Thread(
            () -> {
              try {
                while (true) {
                  socket.getOutputStream().write(new byte[64 * 1024]);
                }
              } catch (IOException e) {
                // it has been reset
              }
            });
    writer.setDaemon(true);
    writer.start();
    return writer;
  }

  private static void eitherSide(TcpEngine engine, Stage stage) throws Exception {
    try (TestServer server = TestServer.passive();
        Rig rig = Rig.of(engine, server)) {
      for (int i = 0; i < TIMES; i++) {
        Socket client = rig.client();
        Socket atServer = server.next();
        stage.reach(client, atServer);
        Sockets.reset(i % 2 == 0 ? client : atServer);
        awaitReset(i % 2 == 0 ? atServer : client);
      }
      rig.awaitConnections(0);
      served(rig, server);
    }
  }

  /** Reads; and writes, if there is nothing more to be read: after a FIN only that tells. */
  private static void awaitReset(Socket socket) {
    if (!Sockets.ending(socket).equals("reset")) {
      Sockets.await(
          "a reset",
          () -> {
            try {
              socket.getOutputStream().write('x');
              return false;
            } catch (IOException e) {
              return true;
            }
          });
    }
  }

  private static void served(Rig rig, TestServer server) throws Exception {
    Socket client = rig.client();
    Socket atServer = server.next();
    Sockets.send(client, "still here");
    assertThat(Sockets.receive(atServer, 10)).isEqualTo("still here");
    atServer.close();
    assertThat(Sockets.ending(client)).isEqualTo("eof");
  }
}

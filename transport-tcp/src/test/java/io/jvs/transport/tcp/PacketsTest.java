package io.jvs.transport.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.lab.network.Capture;
import io.jvs.lab.network.OwnNetwork;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;

/** What a packet capture shows of how connections end, on either side of the director. */
class PacketsTest {
  private static final int REQUEST = 300_000;
  private static final int ANSWER = 200_000;

  @Engines
  void fins_stand_behind_all_bytes_and_resets_are_resets(TcpEngine engine, @TempDir Path folder)
      throws Exception {
    Capture.needed();
    List<String> said =
        OwnNetwork.run(
            folder,
            "true",
            PacketsTest.class,
            engine.name(),
            folder.resolve("packets.pcapng").toString());
    assertThat(said).last().isEqualTo("all well");
  }

  /** On the network of its own. */
  public static void main(String[] arguments) throws Exception {
    Capture capture = Capture.start(Path.of(arguments[1]), 256, "lo");
    Connection halfClosedByClient;
    Connection halfClosedByServer;
    Connection resetByClient;
    Connection resetByServer;
    try (TestServer server = TestServer.passive();
        Rig rig = Rig.of(TcpEngine.valueOf(arguments[0]), server)) {
      halfClosedByClient = new Connection(rig, server);
      halfClosedByClient.fromClient();
      halfClosedByClient.fromServer();
      rig.awaitConnections(0);
      halfClosedByServer = new Connection(rig, server);
      halfClosedByServer.fromServer();
      halfClosedByServer.fromClient();
      rig.awaitConnections(0);
      resetByClient = new Connection(rig, server);
      Sockets.reset(resetByClient.client);
      assertThat(Sockets.ending(resetByClient.server)).isEqualTo("reset");
      resetByServer = new Connection(rig, server);
      Sockets.reset(resetByServer.server);
      assertThat(Sockets.ending(resetByServer.client)).isEqualTo("reset");
      rig.awaitConnections(0);
    }
    capture.stop();
    List<Packet> packets = Packet.all(capture);
    for (Connection connection : List.of(halfClosedByClient, halfClosedByServer)) {
      assertThat(connection.of(packets)).isNotEmpty().noneMatch(Packet::isReset);
      assertFin(connection.clientToDirector(packets), REQUEST);
      assertFin(connection.directorToServer(packets), REQUEST);
      assertFin(connection.serverToDirector(packets), ANSWER);
      assertFin(connection.directorToClient(packets), ANSWER);
    }
    assertReset(resetByClient.directorToServer(packets));
    assertReset(resetByServer.directorToClient(packets));
    System.out.println(packets.size() + " packets");
    System.out.println("all well");
  }

  /** Whoever sends something twice sends the same; so the last one counts. */
  private static void assertFin(List<Packet> direction, long behind) {
    assertThat(direction).filteredOn(Packet::isFin).isNotEmpty();
    assertThat(direction)
        .filteredOn(Packet::isFin)
        .allSatisfy(fin -> assertThat(fin.sent()).isEqualTo(behind));
    assertThat(direction)
        .allSatisfy(packet -> assertThat(packet.sent()).isLessThanOrEqualTo(behind + 1)); // its FIN
  }

  private static void assertReset(List<Packet> direction) {
    assertThat(direction).noneMatch(Packet::isFin).filteredOn(Packet::isReset).hasSize(1);
  }

  /** Both halves of a proxied connection, by their ports. */
  private static final class Connection {
    final Socket client;
    final Socket server;
    private final int clientPort;
    private final int listening;
    private final int directorPort;
    private final int serverPort;

    Connection(Rig rig, TestServer to) throws Exception {
      client = rig.client();
      server = to.next();
      clientPort = client.getLocalPort();
      listening = client.getPort();
      directorPort = server.getPort();
      serverPort = server.getLocalPort();
    }

    void fromClient() throws Exception {
      send(client, server, REQUEST);
    }

    void fromServer() throws Exception {
      send(server, client, ANSWER);
    }

    /** All bytes and the FIN, and waits until they have arrived. */
    private static void send(Socket from, Socket to, int bytes) throws Exception {
      Thread sender =
          new Thread(
              () -> {
                try {
                  from.getOutputStream().write(new byte[bytes]);
                  from.shutdownOutput();
                } catch (java.io.IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
              });
      sender.start();
      assertThat(to.getInputStream().readAllBytes()).hasSize(bytes);
      sender.join();
    }

    List<Packet> of(List<Packet> all) {
      List<Packet> both = new ArrayList<>(clientToDirector(all));
      both.addAll(directorToClient(all));
      both.addAll(directorToServer(all));
      both.addAll(serverToDirector(all));
      return both;
    }

    List<Packet> clientToDirector(List<Packet> all) {
      return between(all, clientPort, listening);
    }

    List<Packet> directorToClient(List<Packet> all) {
      return between(all, listening, clientPort);
    }

    List<Packet> directorToServer(List<Packet> all) {
      return between(all, directorPort, serverPort);
    }

    List<Packet> serverToDirector(List<Packet> all) {
      return between(all, serverPort, directorPort);
    }

    private static List<Packet> between(List<Packet> all, int from, int to) {
      return all.stream().filter(packet -> packet.from() == from && packet.to() == to).toList();
    }
  }
}

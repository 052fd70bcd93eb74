package io.jvs.transport.udp;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.lab.network.Needed;
import io.jvs.lab.network.ThreeHosts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;

/**
 * A network that is slower than those who send, so that the system's room for a socket runs out.
 */
@DisplayNameGeneration(ReplaceUnderscores.class)
class NoRoomTest {
  /** A second for each datagram. */
  private static final String SLOW = "root tbf rate 8kbit burst 2000 limit 1000000000";

  @Engines
  void what_there_is_no_room_for_on_the_way_to_servers_is_counted(UdpEngine engine) {
    withSlow(
        "s0",
        (hosts, server) -> {
          try (Rig rig = rig(engine, server)) {
            Peer client = hosts.client().call(() -> Peer.at("10.1.0.2"));
            exchange(client, rig, server);
            Rig.await(
                "no room to the server",
                () -> burst(client, rig.address, rig, UdpDrop.NO_ROOM_TO_SERVERS));
            assertThat(rig.transport.status().dropped(UdpDrop.NO_ROOM_TO_CLIENTS)).isZero();
            assertThat(rig.transport.status().dropped(UdpDrop.NOT_SENT)).isZero();
            client.close();
          }
        });
  }

  @Engines
  void what_there_is_no_room_for_on_the_way_to_clients_is_counted(UdpEngine engine) {
    withSlow(
        "c0",
        (hosts, server) -> {
          try (Rig rig = rig(engine, server)) {
            Peer client = hosts.client().call(() -> Peer.at("10.1.0.2"));
            InetSocketAddress port = exchange(client, rig, server);
            Rig.await(
                "no room to the client",
                () -> burst(server, port, rig, UdpDrop.NO_ROOM_TO_CLIENTS));
            assertThat(rig.transport.status().dropped(UdpDrop.NO_ROOM_TO_SERVERS)).isZero();
            assertThat(rig.transport.status().dropped(UdpDrop.NOT_SENT)).isZero();
            client.close();
          }
        });
  }

  /** Some that go on; whether some have been dropped. */
  private static boolean burst(Peer from, InetSocketAddress to, Rig rig, UdpDrop why) {
    try {
      for (int i = 0; i < 200; i++) {
        from.send(to, new byte[1_000]);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return rig.transport.status().dropped(why) > 0;
  }

  private static InetSocketAddress exchange(Peer client, Rig rig, Peer server) throws IOException {
    client.send(rig.address, "question");
    InetSocketAddress port = server.receive().from();
    server.send(port, "answer");
    assertThat(client.receive().text()).isEqualTo("answer");
    return port;
  }

  private static Rig rig(UdpEngine engine, Peer server) throws IOException {
    return Rig.of(
        UdpTransport.builder().engine(engine).eventLoopThreads(1),
        "10.1.0.1",
        service -> service,
        server);
  }

  private interface Scene {
    void play(ThreeHosts hosts, Peer server) throws Exception;
  }

  private static void withSlow(String device, Scene scene) {
    Needed.command("tc", "iproute2");
    try (ThreeHosts hosts = new ThreeHosts();
        Peer server = hosts.server().call(() -> Peer.at("10.2.0.2"))) {
      hosts.director().sh("tc qdisc add dev " + device + " " + SLOW);
      hosts.director().run(() -> scene.play(hosts, server));
    }
  }
}

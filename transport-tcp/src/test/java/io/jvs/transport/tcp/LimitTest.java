package io.jvs.transport.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;

class LimitTest {
  @Engines
  void a_full_transport_resets_new_clients_until_another_leaves(TcpEngine engine) throws Exception {
    try (TestServer server = TestServer.echo();
        Rig rig = Rig.of(limited(engine, WhenFull.REFUSE), s -> s, server)) {
      List<Socket> inside = threeClients(rig);
      for (int i = 0; i < 5; i++) {
        assertThat(rig.endOfNewClient()).isEqualTo("reset");
      }
      assertThat(rig.transport.status().refusedWhenFull()).isEqualTo(5);
      assertThat(rig.transport.status().connections()).isEqualTo(3);
      inside.get(0).close();
      rig.awaitConnections(2);
      Sockets.ping(rig.client());
      Sockets.ping(inside.get(1));
    }
  }

  @Engines
  void a_full_transport_lets_new_clients_wait_until_another_leaves(TcpEngine engine)
      throws Exception {
    try (TestServer server = TestServer.echo();
        Rig rig = Rig.of(limited(engine, WhenFull.WAIT), s -> s, server)) {
      List<Socket> inside = threeClients(rig);
      List<Socket> outside = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        Socket client = rig.client();
        Sockets.send(client, "ping");
        client.setSoTimeout(100);
        assertThat(hears(client)).as("client %s beyond the limit is served", i).isFalse();
        outside.add(client);
      }
      assertThat(rig.connections()).isEqualTo(3);
      assertThat(rig.transport.status().refusedWhenFull()).isZero();

      Sockets.reset(outside.remove(7)); // gives up; must not take anybody's place
      for (Socket client : inside) {
        client.close();
      }
      List<Socket> waiting = new ArrayList<>(outside);
      while (!waiting.isEmpty()) { // in whatever order they are let in
        for (Socket client : List.copyOf(waiting)) {
          if (hears(client)) {
            assertThat(rig.connections()).isLessThanOrEqualTo(3);
            client.close();
            waiting.remove(client);
          }
        }
      }
      rig.awaitConnections(0);
    }
  }

  private static boolean hears(Socket client) throws Exception {
    try {
      return Sockets.receive(client, 4).equals("ping");
    } catch (SocketTimeoutException e) {
      return false;
    }
  }

  private static List<Socket> threeClients(Rig rig) throws Exception {
    List<Socket> clients = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      Socket client = rig.client();
      Sockets.ping(client);
      clients.add(client);
    }
    return clients;
  }

  private static TcpTransport.Builder limited(TcpEngine engine, WhenFull whenFull) {
    return TcpTransport.builder()
        .engine(engine)
        .eventLoopThreads(2)
        .maxConnections(3)
        .whenFull(whenFull);
  }
}

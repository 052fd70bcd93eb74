package io.jvs.transport.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.transport.LiveConnection;
import io.jvs.transport.LiveConnection.State;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** What can be seen of connections while they go on, and how chosen ones are ended. */
class ConnectionListTest {
  private static LiveConnection await(Rig rig, Predicate<LiveConnection> what) {
    List<LiveConnection> found = new ArrayList<>();
    Sockets.await(
        "such a connection",
        () -> rig.transport.connections().filter(what).limit(1).peek(found::add).count() == 1);
    return found.get(0);
  }

  @Engines
  void a_connection_shows_both_ends_bytes_and_how_far_it_is(TcpEngine engine) throws Exception {
    try (TestServer server = TestServer.passive();
        Rig rig = Rig.of(engine, server)) {
      Socket client = rig.client();
      Socket accepted = server.next();
      Sockets.send(client, "12345");
      Sockets.send(accepted, "123");
      assertThat(Sockets.receive(client, 3)).isEqualTo("123");
      LiveConnection open =
          await(rig, each -> each.bytesFromClient() == 5 && each.bytesToClient() == 3);
      assertThat(open.service()).isEqualTo("web");
      assertThat(open.client()).isEqualTo(client.getLocalSocketAddress());
      assertThat(open.virtualAddress()).isEqualTo(rig.address);
      assertThat(open.server()).isEqualTo(server.realServer());
      assertThat(open.state()).isEqualTo(State.OPEN);
      assertThat(open.attempts()).isEqualTo(1);
      assertThat(open.idText()).hasSize(16);

      client.shutdownOutput();
      LiveConnection closing = await(rig, each -> each.state() == State.CLOSING);
      assertThat(closing.id()).isEqualTo(open.id());
      accepted.close();
      rig.awaitConnections(0);
      Sockets.await("none is listed", () -> rig.transport.connections().findAny().isEmpty());
    }
  }

  @Engines
  void age_grows_and_idleness_begins_anew_with_a_byte(TcpEngine engine) throws Exception {
    try (TestServer server = TestServer.echo();
        Rig rig = Rig.of(engine, server)) {
      Socket client = rig.client();
      Sockets.ping(client);
      LiveConnection idle =
          await(
              rig,
              each -> each.idle() != null && each.idle().compareTo(Duration.ofMillis(400)) >= 0);
      assertThat(idle.age()).isGreaterThanOrEqualTo(Duration.ofMillis(300));
      LiveConnection busy =
          await(
              rig,
              each -> {
                ping(client);
                return each.idle() != null && each.idle().compareTo(Duration.ofMillis(400)) < 0;
              });
      assertThat(busy.age()).isGreaterThan(idle.age());
    }
  }

  @Engines
  void while_it_is_connected_the_server_is_shown_and_idleness_is_unknown(TcpEngine engine)
      throws Exception {
    try (Blackhole silent = new Blackhole();
        Rig rig = Rig.of(engine, service -> service.realServer(silent.realServer()))) {
      rig.client();
      LiveConnection waiting = await(rig, each -> each.state() == State.CONNECTING);
      assertThat(waiting.server()).isNotNull();
      assertThat(waiting.idle()).isNull();
      assertThat(waiting.attempts()).isEqualTo(1);
      assertThat(rig.transport.reset(each -> true, "no patience")).isEqualTo(1);
      rig.awaitConnections(0);
    }
  }

  @Engines
  void only_the_chosen_ones_are_reset_and_no_server_is_blamed(TcpEngine engine) throws Exception {
    try (TestServer server = TestServer.echo();
        Rig rig = Rig.of(engine, server)) {
      Socket one = rig.client();
      Socket two = rig.client();
      Sockets.ping(one);
      Sockets.ping(two);
      InetSocketAddress unwanted = (InetSocketAddress) one.getLocalSocketAddress();
      assertThat(rig.transport.reset(each -> each.client().equals(unwanted), "reset by alice"))
          .isEqualTo(1);
      assertThat(Sockets.ending(one)).isEqualTo("reset");
      Sockets.ping(two);
      rig.awaitConnections(1);
      assertThat(rig.status(server).failed()).isZero();
    }
  }

  @Engines
  void many_are_listed_once_each(TcpEngine engine) throws Exception {
    try (TestServer server = TestServer.echo();
        Rig rig = Rig.of(engine, server)) {
      Set<InetSocketAddress> clients = new HashSet<>();
      for (int i = 0; i < 200; i++) {
        clients.add((InetSocketAddress) rig.client().getLocalSocketAddress());
      }
      rig.awaitConnections(200);
      assertThat(rig.transport.connections().map(LiveConnection::client))
          .containsExactlyInAnyOrderElementsOf(clients);
      assertThat(rig.transport.connections().map(LiveConnection::id).distinct()).hasSize(200);
    }
  }

  private static void ping(Socket client) {
    try {
      Sockets.ping(client);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

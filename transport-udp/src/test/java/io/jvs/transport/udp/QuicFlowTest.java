package io.jvs.transport.udp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.jvs.balancing.Judge;
import io.jvs.model.Persistence;
import io.jvs.model.VirtualService;
import io.jvs.transport.udp.quic.ServerIdEncoder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Where flows go whose datagrams look like QUIC; real exchanges are QuicExchangeTest's. */
class QuicFlowTest {
  private static final String MADE_UP = "1111111111111111";
  private static final String CHOSEN = "22222222222222222222";
  private static final int MILLIS = 50;

  private final List<Peer> servers = new ArrayList<>();
  private final Map<Peer, InetSocketAddress> ports = new HashMap<>(); // where each was asked from

  @AfterEach
  void close() {
    servers.forEach(Peer::close);
  }

  private Rig rig(UdpEngine engine, QuicRouting routing) throws IOException {
    return rig(engine, routing, service -> service);
  }

  private Rig rig(
      UdpEngine engine, QuicRouting routing, UnaryOperator<VirtualService.Builder> change)
      throws IOException {
    return Rig.of(
        engine,
        service -> change.apply(service.transportOptions(UdpOptions.DEFAULT.withQuic(routing))),
        servers(3).toArray(new Peer[0]));
  }

  private List<Peer> servers(int count) throws IOException {
    while (servers.size() < count) {
      servers.add(Peer.server());
    }
    return servers;
  }

  /** The server that a datagram from a client arrives at. */
  private Peer goesTo(Rig rig, Peer client, byte[] datagram) throws IOException {
    client.send(rig.address, datagram);
    for (int i = 0; i < 100; i++) {
      for (Peer server : servers) {
        Peer.Received received = server.receive(MILLIS / servers.size());
        if (received != null) {
          assertThat(received.payload()).isEqualTo(datagram);
          ports.put(server, received.from());
          return server;
        }
      }
    }
    throw new AssertionError("no server has got it");
  }

  private Peer goesTo(Rig rig, byte[] datagram) throws IOException {
    return goesTo(rig, rig.client(), datagram);
  }

  private void answer(Peer server, Peer client, byte[] datagram) throws IOException {
    server.send(Objects.requireNonNull(ports.get(server)), datagram);
    assertThat(client.receive().payload()).isEqualTo(datagram);
  }

  /** A client with a connection to a server that is called {@link #CHOSEN}. */
  private Peer connect(Rig rig) throws IOException {
    Peer client = rig.client();
    Peer server = goesTo(rig, client, QuicPackets.longHeader(MADE_UP, "33333333"));
    answer(server, client, QuicPackets.longHeader("33333333", CHOSEN));
    return server;
  }

  @Engines
  void who_says_its_first_words_again_from_another_port_is_heard_by_the_same_server(
      UdpEngine engine) throws Exception {
    try (Rig rig = rig(engine, QuicRouting.LEARNED)) {
      Peer server = goesTo(rig, QuicPackets.longHeader(MADE_UP, "33333333"));
      for (int i = 0; i < 4; i++) {
        assertThat(goesTo(rig, QuicPackets.longHeader(MADE_UP, "33333333"))).isSameAs(server);
      }
      assertThat(goesTo(rig, QuicPackets.longHeader("4444444444444444", "33333333")))
          .isNotSameAs(server);
    }
  }

  @Engines
  void a_connection_goes_on_from_another_port_by_the_id_that_its_server_has_chosen(UdpEngine engine)
      throws Exception {
    try (Rig rig = rig(engine, QuicRouting.LEARNED)) {
      Peer server = connect(rig);
      for (int i = 0; i < 8; i++) { // on both loops
        assertThat(goesTo(rig, QuicPackets.shortHeader(CHOSEN))).isSameAs(server);
      }
      assertThat(rig.transport.status().quicFollowed()).isEqualTo(8);
      assertThat(rig.transport.status().quicIds()).isEqualTo(2);
    }
  }

  @Engines
  void ids_of_servers_may_have_several_lengths(UdpEngine engine) throws Exception {
    try (Rig rig = rig(engine, QuicRouting.LEARNED)) {
      Map<String, Peer> chosen = new HashMap<>();
      for (String id : List.of("a1a1a1a1", "a1a1a1a1b2b2", "c3".repeat(20), "d4".repeat(3))) {
        Peer client = rig.client();
        Peer server = goesTo(rig, client, QuicPackets.longHeader(id + MADE_UP.substring(8), ""));
        answer(server, client, QuicPackets.longHeader("", id));
        chosen.put(id, server);
      }
      for (int i = 0; i < 2; i++) {
        assertThat(goesTo(rig, QuicPackets.shortHeader("a1a1a1a1")))
            .isSameAs(chosen.get("a1a1a1a1"));
        assertThat(goesTo(rig, QuicPackets.shortHeader("a1a1a1a1b2b2")))
            .isSameAs(chosen.get("a1a1a1a1b2b2"));
        assertThat(goesTo(rig, QuicPackets.shortHeader("c3".repeat(20))))
            .isSameAs(chosen.get("c3".repeat(20)));
      }
      long followed = rig.transport.status().quicFollowed();
      goesTo(rig, QuicPackets.shortHeader("d4".repeat(3))); // too short to tell anything
      assertThat(rig.transport.status().quicFollowed()).isEqualTo(followed);
    }
  }

  @Engines
  void an_unknown_id_is_scheduled_as_any_flow_and_stays_by_its_address(UdpEngine engine)
      throws Exception {
    try (Rig rig = rig(engine, QuicRouting.LEARNED)) {
      connect(rig);
      Peer client = rig.client();
      Peer server = goesTo(rig, client, QuicPackets.shortHeader("99".repeat(10)));
      assertThat(goesTo(rig, client, QuicPackets.shortHeader("98".repeat(10)))).isSameAs(server);
      assertThat(goesTo(rig, QuicPackets.shortHeader("99".repeat(10)))).isNotSameAs(server);
      assertThat(goesTo(rig, new byte[0])).isNotNull();
      assertThat(rig.transport.status().quicFollowed()).isZero();
    }
  }

  /** Clients take other ids for the same path now and then; which is to be seen there. */
  @Engines
  void an_id_that_a_client_takes_while_it_stays_is_learnt_too(UdpEngine engine) throws Exception {
    try (Rig rig = rig(engine, QuicRouting.LEARNED)) {
      Peer client = rig.client();
      Peer server = goesTo(rig, client, QuicPackets.longHeader(MADE_UP, ""));
      answer(server, client, QuicPackets.longHeader("", CHOSEN));
      String told = "55555555555555555555"; // unseen
      int ids = rig.transport.status().quicIds();
      Rig.await(
          "a look at it",
          () -> {
            try {
              goesTo(rig, client, QuicPackets.shortHeader(told));
            } catch (IOException e) {
              throw new AssertionError(e);
            }
            return rig.transport.status().quicIds() > ids;
          });
      assertThat(goesTo(rig, QuicPackets.shortHeader(told))).isSameAs(server);
      assertThat(goesTo(rig, QuicPackets.shortHeader(told))).isSameAs(server);
    }
  }

  @Engines
  void a_connection_goes_on_with_a_quiesced_server_but_not_with_one_that_is_down(UdpEngine engine)
      throws Exception {
    try (Rig rig = rig(engine, QuicRouting.LEARNED)) {
      Peer server = connect(rig);
      rig.apply(rig.service.withWeight(server.address(), 0));
      assertThat(goesTo(rig, QuicPackets.shortHeader(CHOSEN))).isSameAs(server);
      rig.balancer.control().judge(server.address(), Judge.CHECKS, "no answer");
      assertThat(goesTo(rig, QuicPackets.shortHeader(CHOSEN))).isNotSameAs(server);
      rig.balancer.control().judge(server.address(), Judge.CHECKS, null);
      assertThat(goesTo(rig, QuicPackets.shortHeader(CHOSEN))).isSameAs(server);
      rig.apply(
          rig.service.toBuilder()
              .realServers(
                  rig.service.realServers().stream()
                      .filter(each -> !each.address().equals(server.address()))
                      .toList())
              .build());
      assertThat(goesTo(rig, QuicPackets.shortHeader(CHOSEN))).isNotSameAs(server);
    }
  }

  @Test
  void first_words_that_a_dead_server_has_not_heard_go_elsewhere_and_stay_there() throws Exception {
    assumeTrue(System.getProperty("os.name").equals("Linux"), "only Linux tells of closed ports");
    servers(3);
    Peer dead = servers.get(0); // which is told to nobody
    try (Rig rig = rig(UdpEngine.EPOLL, QuicRouting.LEARNED)) {
      dead.close();
      servers.remove(dead);
      for (String id : List.of("a1".repeat(8), "b2".repeat(8), "c3".repeat(8))) {
        Peer alive = goesTo(rig, QuicPackets.longHeader(id, ""));
        assertThat(goesTo(rig, QuicPackets.longHeader(id, ""))).isSameAs(alive);
        assertThat(goesTo(rig, QuicPackets.longHeader(id, ""))).isSameAs(alive);
      }
      assertThat(rig.status(dead).failed()).isEqualTo(1); // whose turn it was once
    }
  }

  @Engines
  void a_connection_that_goes_on_is_not_offered_to_others_because_its_server_is_silent(
      UdpEngine engine) throws Exception {
    servers(3);
    UdpOptions options =
        UdpOptions.DEFAULT.withQuic(QuicRouting.LEARNED).withRetryAfter(Duration.ofSeconds(1));
    try (Rig rig = rig(engine, QuicRouting.LEARNED, service -> service.transportOptions(options))) {
      Peer server = connect(rig);
      Peer moved = rig.client();
      assertThat(goesTo(rig, moved, QuicPackets.shortHeader(CHOSEN))).isSameAs(server);
      Peer fresh = rig.client(); // its words are said again, elsewhere; by then the others' too
      Peer first = goesTo(rig, fresh, QuicPackets.longHeader("4444444444444444", ""));
      Peer second = null;
      while (second == null) {
        for (Peer each : servers) {
          Peer.Received received = each == first ? null : each.receive(MILLIS);
          if (received != null) {
            assertThat(received.payload())
                .isEqualTo(QuicPackets.longHeader("4444444444444444", ""));
            second = each;
          }
        }
      }
      assertThat(goesTo(rig, moved, QuicPackets.shortHeader(CHOSEN))).isSameAs(server);
    }
  }

  @Engines
  void what_was_learnt_outlives_changes_of_the_service_until_learning_is_given_up(UdpEngine engine)
      throws Exception {
    try (Rig rig = rig(engine, QuicRouting.LEARNED)) {
      Peer server = connect(rig);
      UdpOptions more = UdpOptions.DEFAULT.withQuic(QuicRouting.LEARNED.withMaximum(10));
      rig.apply(rig.service.toBuilder().transportOptions(more).build());
      assertThat(goesTo(rig, QuicPackets.shortHeader(CHOSEN))).isSameAs(server);
      assertThat(goesTo(rig, QuicPackets.shortHeader(CHOSEN))).isSameAs(server);

      rig.apply(rig.service.toBuilder().transportOptions(UdpOptions.DEFAULT).build());

      assertThat(rig.transport.status().quicIds()).isZero();
      long followed = rig.transport.status().quicFollowed();
      goesTo(rig, QuicPackets.shortHeader(CHOSEN));
      assertThat(rig.transport.status().quicFollowed()).isEqualTo(followed);
    }
  }

  @Engines
  void a_service_that_is_carried_no_more_has_learnt_nothing(UdpEngine engine) throws Exception {
    try (Rig rig = rig(engine, QuicRouting.LEARNED)) {
      connect(rig);
      assertThat(rig.transport.status().quicIds()).isPositive();

      rig.transport.apply(List.of());

      assertThat(rig.transport.status().quicIds()).isZero();
      assertThat(rig.flows()).as("which go on").isPositive();
    }
  }

  @Engines
  void persistence_decides_about_new_connections_and_ids_about_present_ones(UdpEngine engine)
      throws Exception {
    Persistence bySource = Persistence.sourceAddress(Duration.ofMinutes(1));
    try (Rig rig = rig(engine, QuicRouting.LEARNED, service -> service.persistence(bySource))) {
      Peer server = connect(rig);
      for (int i = 0; i < 3; i++) {
        assertThat(goesTo(rig, QuicPackets.longHeader("777777777777777" + i, ""))).isSameAs(server);
      }
      rig.apply(rig.service.toBuilder().persistence(null).build());
      rig.apply(rig.service); // the client is remembered no more
      Peer other = goesTo(rig, QuicPackets.longHeader("8888888888888888", ""));
      assertThat(other).isNotSameAs(server);
      assertThat(goesTo(rig, QuicPackets.shortHeader(CHOSEN))).isSameAs(server);
      assertThat(goesTo(rig, QuicPackets.longHeader("8888888888888887", ""))).isSameAs(other);
    }
  }

  @Engines
  void ids_name_servers_in_the_clear_and_encrypted_by_their_rotation(UdpEngine engine)
      throws Exception {
    servers(3);
    byte[] key = new byte[16];
    ThreadLocalRandom.current().nextBytes(key);
    Map<String, InetSocketAddress> byId = new HashMap<>();
    for (int i = 0; i < 3; i++) {
      byId.put("0" + i + "ee", servers.get(i).address());
    }
    QuicRouting routing =
        QuicRouting.by(
            QuicServerIds.plain(0, 2, byId),
            QuicServerIds.encrypted(5, 2, 6, HexFormat.of().formatHex(key), byId));
    try (Rig rig = rig(engine, routing)) {
      for (int i = 5; i >= 0; i--) {
        byte[] serverId = {(byte) (i % 3), (byte) 0xEE};
        byte[] nonce = new byte[6];
        ThreadLocalRandom.current().nextBytes(nonce);
        ServerIdEncoder plain = new ServerIdEncoder(0, null);
        ServerIdEncoder encrypted = new ServerIdEncoder(5, key);
        for (ServerIdEncoder each : List.of(plain, encrypted)) {
          String id = HexFormat.of().formatHex(each.encode(serverId, nonce));
          Peer named = servers.get(i % 3);
          assertThat(goesTo(rig, QuicPackets.shortHeader(id))).isSameAs(named);
          assertThat(goesTo(rig, QuicPackets.longHeader(id, "33"))).isSameAs(named);
        }
      }
      assertThat(rig.transport.status().quicFollowed()).isEqualTo(24);
      goesTo(rig, QuicPackets.shortHeader("00" + "77ee" + "00".repeat(8))); // there is no such
      goesTo(rig, QuicPackets.shortHeader("e0" + "00ee" + "00".repeat(8))); // no such rotation
      assertThat(rig.transport.status().quicFollowed()).isEqualTo(24);
      assertThat(rig.transport.status().quicIds()).isZero();
    }
  }

  @Test
  void ids_that_say_their_server_need_not_be_learnt() throws Exception {
    servers(3);
    Map<String, InetSocketAddress> byId = new HashMap<>();
    servers.forEach(server -> byId.put("0" + servers.indexOf(server), server.address()));
    QuicRouting routing = QuicRouting.by(QuicServerIds.plain(0, 1, byId)).withLearned(true);
    try (Rig rig = rig(UdpEngine.AUTO, routing)) {
      Peer client = rig.client();
      Peer server = goesTo(rig, client, QuicPackets.longHeader("ff" + MADE_UP, ""));
      String named = "000" + servers.indexOf(server) + "aaaa";
      answer(server, client, QuicPackets.longHeader("", named));
      assertThat(rig.transport.status().quicIds()).isEqualTo(1); // the client's
      assertThat(goesTo(rig, QuicPackets.longHeader("ff" + MADE_UP, ""))).isSameAs(server);
      assertThat(goesTo(rig, QuicPackets.shortHeader(named))).isSameAs(server);
      assertThat(goesTo(rig, QuicPackets.shortHeader(named))).isSameAs(server);
    }
  }

  @Engines
  void one_packet_scheduling_goes_by_ids_too(UdpEngine engine) throws Exception {
    servers(3);
    Map<String, InetSocketAddress> byId = Map.of("07", servers.get(1).address());
    QuicRouting routing = QuicRouting.by(QuicServerIds.plain(QuicServerIds.ANY, 1, byId));
    try (Rig rig = rig(engine, routing, service -> service.onePacket(true))) {
      Peer client = rig.client();
      for (int i = 0; i < 4; i++) {
        assertThat(goesTo(rig, client, QuicPackets.shortHeader("aa07bb"))).isSameAs(servers.get(1));
      }
    }
  }
}

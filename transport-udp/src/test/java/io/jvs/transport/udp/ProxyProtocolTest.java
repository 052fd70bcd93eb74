package io.jvs.transport.udp;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.balancing.Refused;
import io.jvs.model.AccessList;
import io.jvs.model.Network;
import io.jvs.model.Persistence;
import io.jvs.model.SocketAddresses;
import io.jvs.model.VirtualService;
import io.jvs.proxyprotocol.Endpoints;
import io.jvs.proxyprotocol.Header;
import io.jvs.proxyprotocol.HeaderReader;
import io.jvs.proxyprotocol.HeaderWriter;
import io.jvs.proxyprotocol.Reading;
import io.jvs.proxyprotocol.Tlv;
import io.jvs.transport.udp.UdpOptions.ProxyTo;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/** PROXY headers, version 2, before datagrams, both ways in and out. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class ProxyProtocolTest {
  private static final InetSocketAddress ALICE = address("192.0.2.7", 4711);
  private static final InetSocketAddress BOB = address("192.0.2.8", 4711);
  private static final InetSocketAddress CAROL = address("2001:db8::9", 53);
  private static final InetSocketAddress ASKED = address("198.51.100.1", 53);
  private static final InetSocketAddress ASKED6 = address("2001:db8::1", 53);

  // Out.

  @Engines
  void the_first_datagram_of_a_flow_tells_the_server_whose_it_is(UdpEngine engine)
      throws Exception {
    for (String ip : new String[] {"127.0.0.1", "::1", "0.0.0.0"}) {
      if (ip.equals("0.0.0.0") && engine == UdpEngine.NIO) {
        continue; // which does not know where a client has asked
      }
      try (Peer server = Peer.server();
          Rig rig = Rig.of(transport(engine), ip, to(ProxyTo.FIRST), server)) {
        Peer client = rig.client();
        InetSocketAddress asked =
            ip.equals("0.0.0.0") ? address("127.0.0.5", rig.address.getPort()) : rig.address;
        client.send(asked, "question");
        assertIntroduced(server.receive(), client.address(), asked, "question");
        client.send(asked, "and");
        Peer.Received next = server.receive();
        assertThat(next.text()).isEqualTo("and");
        server.send(next.from(), "answer");
        Peer.Received answer = client.receive();
        assertThat(answer.text()).isEqualTo("answer");
        assertThat(answer.from()).isEqualTo(asked);
        assertThat(rig.status(server).bytesFromClients()).as("payload alone").isEqualTo(11);
      }
    }
  }

  @Engines
  void each_datagram_may_tell_it(UdpEngine engine) throws Exception {
    try (Peer server = Peer.server();
        Rig rig = Rig.of(engine, to(ProxyTo.EVERY), server)) {
      Peer one = rig.client();
      Peer two = rig.client();
      for (String text : new String[] {"question", "", "more"}) {
        one.send(rig.address, text);
        assertIntroduced(server.receive(), one.address(), rig.address, text);
        two.send(rig.address, text);
        assertIntroduced(server.receive(), two.address(), rig.address, text);
      }
    }
  }

  @Engines
  void each_one_of_one_packet_services_is_a_first_one(UdpEngine engine) throws Exception {
    try (Peer server = Peer.server();
        Rig rig =
            Rig.of(engine, service -> to(ProxyTo.FIRST).apply(service.onePacket(true)), server)) {
      Peer client = rig.client();
      for (int i = 0; i < 2; i++) {
        client.send(rig.address, "question");
        Peer.Received asked = server.receive();
        assertIntroduced(asked, client.address(), rig.address, "question");
        server.send(asked.from(), "answer");
        assertThat(client.receive().text()).isEqualTo("answer");
      }
    }
  }

  @Engines
  void the_next_server_is_told_it_too(UdpEngine engine) throws Exception {
    try (Peer silent = Peer.server();
        Peer server = Peer.server();
        Rig rig =
            Rig.of(
                engine,
                service ->
                    service.transportOptions(
                        UdpOptions.DEFAULT
                            .withProxyTo(ProxyTo.FIRST)
                            .withRetryAfter(Duration.ofSeconds(1))),
                server,
                silent)) { // rr begins with the newest
      Peer client = rig.client();
      client.send(rig.address, "question");
      assertIntroduced(silent.receive(), client.address(), rig.address, "question");
      client.send(rig.address, "and");
      assertThat(silent.receive().text()).isEqualTo("and");
      Peer.Received asked = server.receive();
      assertIntroduced(asked, client.address(), rig.address, "question");
      assertThat(server.receive().text()).isEqualTo("and");
      server.send(asked.from(), "answer");
      assertThat(client.receive().text()).isEqualTo("answer");
      client.send(rig.address, "more");
      assertThat(server.receive().text()).isEqualTo("more");
    }
  }

  /** 28 bytes of header and 65,479 of payload are the most that fits. */
  @Engines
  void what_gets_too_long_by_its_header_is_dropped_and_the_next_one_has_it(UdpEngine engine)
      throws Exception {
    try (Peer server = Peer.server();
        Rig rig = Rig.of(engine, to(ProxyTo.FIRST), server)) {
      Peer client = rig.client();
      client.send(rig.address, new byte[65_480]);
      Rig.await("it is counted", () -> rig.transport.status().dropped(UdpDrop.TOO_LONG) == 1);
      client.send(rig.address, new byte[65_479]);
      assertThat(server.receive().payload()).hasSize(65_507);
      client.send(rig.address, new byte[65_507]);
      assertThat(server.receive().payload()).hasSize(65_507);
    }
  }

  // In.

  @Engines
  void the_client_is_whom_a_trusted_sender_names(UdpEngine engine) throws Exception {
    try (Peer server = Peer.server();
        Rig rig =
            Rig.of(
                engine,
                service ->
                    from("127.0.0.0/8")
                        .apply(service)
                        .access(new AccessList(List.of(), List.of(Network.parse("192.0.2.8/32")))),
                server)) {
      Peer sender = rig.client();
      sender.send(rig.address, named(ALICE, ASKED, "question"));
      Peer.Received asked = server.receive();
      assertThat(asked.text()).isEqualTo("question");
      server.send(asked.from(), "answer");
      Peer.Received answer = sender.receive();
      assertThat(answer.text()).isEqualTo("answer");
      assertThat(answer.from()).isEqualTo(rig.address);

      sender.send(rig.address, "without a header");
      assertThat(server.receive().text()).isEqualTo("without a header");

      sender.send(rig.address, named(BOB, ASKED, "question"));
      Rig.await("no access", () -> rig.balancer.refused(Refused.Cause.NOT_ALLOWED) == 1);
      assertThat(rig.flows()).isEqualTo(1);
    }
  }

  /** As DNS proxies do. */
  @Engines
  void several_clients_of_one_sender_have_flows_of_their_own(UdpEngine engine) throws Exception {
    try (Peer one = Peer.server();
        Peer two = Peer.server();
        Rig rig = Rig.of(engine, from("127.0.0.1"), one, two)) {
      Peer sender = rig.client();
      for (int i = 0; i < 3; i++) {
        sender.send(rig.address, named(ALICE, ASKED, "alice " + i));
        sender.send(rig.address, named(CAROL, ASKED6, "carol " + i));
        Peer.Received alice = two.receive(); // rr begins with the newest
        Peer.Received carol = one.receive();
        assertThat(alice.text()).isEqualTo("alice " + i);
        assertThat(carol.text()).isEqualTo("carol " + i);
        two.send(alice.from(), "for alice");
        assertThat(sender.receive().text()).isEqualTo("for alice");
        one.send(carol.from(), "for carol");
        assertThat(sender.receive().text()).isEqualTo("for carol");
      }
      assertThat(rig.flows()).isEqualTo(2);
      sender.send(rig.address, "of whoever was named last");
      assertThat(one.receive().text()).isEqualTo("of whoever was named last");
    }
  }

  @Engines
  void persistence_goes_by_the_client_that_is_named(UdpEngine engine) throws Exception {
    try (Peer one = Peer.server();
        Peer two = Peer.server();
        Rig rig =
            Rig.of(
                engine,
                service ->
                    from("127.0.0.1")
                        .apply(service)
                        .persistence(Persistence.sourceAddress(Duration.ofMinutes(1))),
                one,
                two)) {
      for (int i = 0; i < 3; i++) {
        Peer sender = rig.client();
        sender.send(rig.address, named(ALICE, ASKED, "alice"));
        assertThat(two.receive().text()).isEqualTo("alice");
        sender.send(rig.address, named(BOB, ASKED, "bob"));
        assertThat(one.receive().text()).isEqualTo("bob");
      }
    }
  }

  @Engines
  void what_a_trusted_sender_must_say_and_does_not_is_refused(UdpEngine engine) throws Exception {
    try (Peer server = Peer.server();
        Rig rig = Rig.of(engine, from("127.0.0.1"), server)) {
      byte[] good = named(ALICE, ASKED, "question");
      byte[] version = good.clone();
      version[12] = 0x31;
      byte[] cut = Arrays.copyOf(good, 20);
      byte[][] bad = {"no header".getBytes(StandardCharsets.US_ASCII), new byte[0], version, cut};
      Peer sender = rig.client();
      for (int i = 0; i < bad.length; i++) {
        sender.send(rig.address, bad[i]);
        int refused = i + 1;
        Rig.await("refused " + i, () -> rig.balancer.refused(Refused.Cause.BAD_START) == refused);
      }
      assertThat(rig.flows()).isZero();
      sender.send(rig.address, good);
      assertThat(server.receive().text()).isEqualTo("question");
      sender.send(rig.address, version);
      Rig.await("refused", () -> rig.balancer.refused(Refused.Cause.BAD_START) == 5);
    }
  }

  @Engines
  void from_anybody_else_a_header_is_payload(UdpEngine engine) throws Exception {
    try (Peer server = Peer.server();
        Rig rig = Rig.of(engine, from("10.0.0.0/8"), server)) {
      byte[] forged = named(ALICE, ASKED, "question");
      rig.client().send(rig.address, forged);
      assertThat(server.receive().payload()).isEqualTo(forged);
    }
  }

  @Engines
  void headers_with_more_than_addresses_or_without_any_are_understood(UdpEngine engine)
      throws Exception {
    try (Peer server = Peer.server();
        Rig rig = Rig.of(engine, ProxyProtocolTest::fromAndTo, server)) {
      Peer sender = rig.client();
      Header more =
          new Header(
              Endpoints.Inet.of(false, ALICE, ASKED), List.of(Tlv.of(Tlv.AUTHORITY, "a.test")));
      sender.send(rig.address, join(HeaderWriter.version2(more, true), "by a stream"));
      assertIntroduced(server.receive(), ALICE, ASKED, "by a stream");
      sender.send(rig.address, join(HeaderWriter.version2(Header.LOCAL, false), "for itself"));
      assertIntroduced(server.receive(), sender.address(), rig.address, "for itself");
    }
  }

  @Engines
  void what_came_with_a_header_goes_on_with_one(UdpEngine engine) throws Exception {
    try (Peer server = Peer.server();
        Rig rig = Rig.of(engine, ProxyProtocolTest::fromAndTo, server)) {
      Peer sender = rig.client();
      sender.send(rig.address, named(ALICE, ASKED, "question"));
      assertIntroduced(server.receive(), ALICE, ASKED, "question");
      sender.send(rig.address, named(CAROL, ASKED6, "question"));
      assertIntroduced(server.receive(), CAROL, ASKED6, "question");
    }
  }

  @Engines
  void flows_end_if_a_reload_changes_who_is_trusted(UdpEngine engine) throws Exception {
    try (Peer server = Peer.server();
        Rig rig = Rig.of(engine, service -> service, server)) {
      Peer sender = rig.client();
      sender.send(rig.address, "plain");
      assertThat(server.receive().text()).isEqualTo("plain");
      rig.apply(from("127.0.0.1").apply(rig.service.toBuilder()).build());
      Rig.await("its flow has ended", () -> rig.flows() == 0);
      sender.send(rig.address, named(ALICE, ASKED, "named"));
      assertThat(server.receive().text()).isEqualTo("named");
      rig.apply(rig.service);
      Rig.await("its flow has ended", () -> rig.flows() == 0);
      sender.send(rig.address, "plain");
      assertThat(server.receive().text()).isEqualTo("plain");
    }
  }

  @Test
  void flows_of_named_clients_end_without_a_trace() throws Exception {
    try (Peer server = Peer.server();
        Rig rig =
            Rig.of(
                UdpEngine.EPOLL,
                service ->
                    service
                        .timeouts(Rig.idle(Duration.ofSeconds(1)))
                        .transportOptions(
                            UdpOptions.DEFAULT
                                .withProxyFrom(List.of(Network.parse("127.0.0.1")))
                                .withResponses(1)),
                server)) {
      Peer sender = rig.client();
      for (int i = 0; i < 3; i++) {
        sender.send(rig.address, named(ALICE, ASKED, "question"));
        sender.send(rig.address, named(BOB, ASKED, "question"));
        Peer.Received asked = server.receive();
        server.send(asked.from(), "answer");
        sender.receive();
        Rig.await("all have ended", () -> rig.flows() == 0);
        long refused = rig.balancer.refused(Refused.Cause.BAD_START);
        sender.send(rig.address, "whose?");
        Rig.await("nobody's", () -> rig.balancer.refused(Refused.Cause.BAD_START) == refused + 1);
        server.receive();
      }
    }
  }

  private static UdpTransport.Builder transport(UdpEngine engine) {
    return UdpTransport.builder().engine(engine).eventLoopThreads(2);
  }

  private static UnaryOperator<VirtualService.Builder> to(ProxyTo which) {
    return service -> service.transportOptions(UdpOptions.DEFAULT.withProxyTo(which));
  }

  private static UnaryOperator<VirtualService.Builder> from(String network) {
    return service ->
        service.transportOptions(UdpOptions.DEFAULT.withProxyFrom(List.of(Network.parse(network))));
  }

  private static VirtualService.Builder fromAndTo(VirtualService.Builder service) {
    return service.transportOptions(
        UdpOptions.DEFAULT
            .withProxyFrom(List.of(Network.parse("127.0.0.1")))
            .withProxyTo(ProxyTo.FIRST));
  }

  private static byte[] named(InetSocketAddress client, InetSocketAddress asked, String payload) {
    Header header = new Header(Endpoints.Inet.of(true, client, asked), List.of());
    return join(HeaderWriter.version2(header, false), payload);
  }

  private static byte[] join(ByteBuffer header, String payload) {
    byte[] text = payload.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(header.remaining() + text.length).put(header).put(text).array();
  }

  private static void assertIntroduced(
      Peer.Received received, InetSocketAddress client, InetSocketAddress asked, String payload)
      throws IOException {
    byte[] bytes = received.payload();
    Reading reading = HeaderReader.read(ByteBuffer.wrap(bytes), 1000);
    assertThat(reading).isInstanceOf(Reading.Complete.class);
    Reading.Complete complete = (Reading.Complete) reading;
    assertThat(complete.header())
        .isEqualTo(new Header(Endpoints.Inet.of(true, client, asked), List.of()));
    assertThat(
            new String(
                bytes, complete.length(), bytes.length - complete.length(), StandardCharsets.UTF_8))
        .isEqualTo(payload);
  }

  private static InetSocketAddress address(String ip, int port) {
    return new InetSocketAddress(SocketAddresses.parseIp(ip), port);
  }
}

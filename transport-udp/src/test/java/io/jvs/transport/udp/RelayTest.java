package io.jvs.transport.udp;

import static io.jvs.transport.udp.Peer.exchange;
import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.model.Persistence;
import io.jvs.model.PortRange;
import io.jvs.model.VirtualAddress;
import io.jvs.model.VirtualService;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class RelayTest {
  @Engines
  void datagrams_of_every_size_arrive_whole_both_ways(UdpEngine engine) throws Exception {
    Random random = new Random(1);
    try (Peer server = Peer.server();
        Rig rig = Rig.of(engine, server)) {
      Peer client = rig.client();
      for (int size : new int[] {0, 1, 64, 1_200, 1_473, 9_000, 65_507}) {
        byte[] question = new byte[size];
        random.nextBytes(question);
        client.send(rig.address, question);
        Peer.Received asked = server.receive();
        assertThat(asked.payload()).isEqualTo(question);

        byte[] answer = new byte[size];
        random.nextBytes(answer);
        server.send(asked.from(), answer);
        Peer.Received answered = client.receive();
        assertThat(answered.payload()).isEqualTo(answer);
        assertThat(answered.from()).as("the virtual address answers").isEqualTo(rig.address);
      }
      long bytes = 1 + 64 + 1_200 + 1_473 + 9_000 + 65_507;
      assertThat(rig.status(server).bytesFromClients()).isEqualTo(bytes);
      Rig.await("all is counted", () -> rig.status(server).bytesToClients() == bytes); // then sent
      assertThat(rig.status(server).opened()).isEqualTo(1);
    }
  }

  /** 65,535 of its length field less 8 of the UDP header; what needs no jumbogram (RFC 2675). */
  @Engines
  void the_longest_datagrams_of_ipv6_arrive_whole_both_ways(UdpEngine engine) throws Exception {
    try (Peer server = Peer.at("::1");
        Rig rig =
            Rig.of(
                UdpTransport.builder().engine(engine).eventLoopThreads(1),
                "::1",
                service -> service,
                server)) {
      Peer client = rig.client();
      byte[] question = new byte[Messages.MOST6];
      new Random(2).nextBytes(question);
      client.send(rig.address, question);
      Peer.Received asked = server.receive();
      assertThat(asked.payload()).hasSize(65_527).isEqualTo(question);
      server.send(asked.from(), asked.payload());
      assertThat(client.receive().payload()).isEqualTo(question);
    }
  }

  @Engines
  void each_client_gets_its_own_answers(UdpEngine engine) throws Exception {
    try (Peer one = Peer.server();
        Peer two = Peer.server();
        Rig rig = Rig.of(engine, one, two)) {
      Peer[] clients = new Peer[40];
      for (int i = 0; i < clients.length; i++) {
        clients[i] = rig.client();
        clients[i].send(rig.address, "question " + i);
      }
      for (int i = 0; i < clients.length; i++) {
        Peer server = i % 2 == 0 ? one : two;
        Peer.Received asked = server.receive();
        server.send(asked.from(), asked.text().replace("question", "answer"));
      }
      for (int i = 0; i < clients.length; i++) {
        assertThat(clients[i].receive().text()).isEqualTo("answer " + i);
      }
      assertThat(rig.transport.status().sourcePorts())
          .as("two servers share a port")
          .isLessThan(clients.length);
      assertThat(rig.balancer.status().connections()).isEqualTo(clients.length);
      assertThat(rig.status(one).active()).as("flows of UDP are inactive").isZero();
    }
  }

  @Engines
  void a_client_of_IPv6_may_have_a_server_of_IPv4_and_the_other_way_round(UdpEngine engine)
      throws Exception {
    UdpTransport.Builder transport = UdpTransport.builder().engine(engine);
    try (Peer server = Peer.server();
        Rig rig = Rig.of(transport, "::1", service -> service, server)) {
      exchange(rig.client(), rig.address, server);
    }
    try (Peer server = Peer.at("::1");
        Rig rig = Rig.of(transport, "127.0.0.1", service -> service, server)) {
      exchange(rig.client(), rig.address, server);
    }
  }

  /** 127.0.0.2 is an address of every Linux machine. */
  @Test
  void at_a_wildcard_address_the_one_answers_that_was_asked() throws Exception {
    UdpTransport.Builder transport = UdpTransport.builder().engine(UdpEngine.EPOLL);
    try (Peer server = Peer.server();
        Rig rig = Rig.of(transport, "0.0.0.0", service -> service, server)) {
      Peer client = rig.client();
      for (String ip : new String[] {"127.0.0.2", "127.0.0.3"}) {
        InetSocketAddress asked =
            new InetSocketAddress(InetAddress.getByName(ip), rig.address.getPort());
        client.send(asked, "question to " + ip);
        Peer.Received arrived = server.receive();
        server.send(arrived.from(), "answer");
        assertThat(client.receive().from()).isEqualTo(asked);
      }
      assertThat(rig.flows()).as("one for each virtual address").isEqualTo(2);
    }
  }

  @Engines
  void what_comes_from_strangers_reaches_no_client(UdpEngine engine) throws Exception {
    try (Peer server = Peer.server();
        Peer stranger = Peer.server();
        Rig rig = Rig.of(engine, server)) {
      Peer client = rig.client();
      client.send(rig.address, "question");
      InetSocketAddress port = server.receive().from();

      stranger.send(port, "poison");
      server.send(port, "answer");

      assertThat(client.receive().text()).isEqualTo("answer");
      Rig.await("a stray", () -> rig.transport.status().dropped(UdpDrop.STRAY) == 1);
    }
  }

  @Engines
  void each_datagram_is_scheduled_anew_if_that_is_asked_for(UdpEngine engine) throws Exception {
    try (Peer one = Peer.server();
        Peer two = Peer.server();
        Rig rig = Rig.of(engine, service -> service.onePacket(true), one, two)) {
      Peer client = rig.client();
      for (int i = 0; i < 4; i++) {
        client.send(rig.address, "question " + i);
        Peer server = i % 2 == 0 ? two : one; // rr begins with the newest
        Peer.Received asked = server.receive();
        assertThat(asked.text()).isEqualTo("question " + i);
        Rig.await("it is over", () -> rig.balancer.status().connections() == 0);
        server.send(asked.from(), "answer " + i);
        assertThat(client.receive().text()).isEqualTo("answer " + i);
      }
    }
  }

  @Engines
  void clients_of_one_address_stay_together_if_persistence_says_so(UdpEngine engine)
      throws Exception {
    try (Peer one = Peer.server();
        Peer two = Peer.server();
        Rig rig =
            Rig.of(
                engine,
                service -> service.persistence(Persistence.sourceAddress(Duration.ofMinutes(1))),
                one,
                two)) {
      for (int i = 0; i < 4; i++) {
        rig.client().send(rig.address, "question " + i);
        assertThat(two.receive().text()).isEqualTo("question " + i); // rr begins with the newest
      }
      assertThat(rig.status(one).opened()).isZero();
    }
  }

  @Engines
  void a_service_may_have_several_ports(UdpEngine engine) throws Exception {
    try (Peer server = Peer.server();
        Rig rig = Rig.of(engine, service -> ports(service, 3), server)) {
      Peer client = rig.client();
      for (int port = 0; port < 3; port++) {
        InetSocketAddress asked =
            new InetSocketAddress(rig.address.getAddress(), rig.address.getPort() + port);
        client.send(asked, "to " + port);
        Peer.Received arrived = server.receive();
        assertThat(arrived.text()).isEqualTo("to " + port);
        server.send(arrived.from(), "from " + port);
        assertThat(client.receive().from()).isEqualTo(asked);
      }
    }
  }

  private static VirtualService.Builder ports(VirtualService.Builder service, int count) {
    VirtualService built = service.build();
    var endpoint = (VirtualAddress.Endpoint) built.address();
    int first = endpoint.ports().first();
    return service.address(
        new VirtualAddress.Endpoint(
            endpoint.protocol(), endpoint.address(), new PortRange(first, first + count - 1)));
  }
}

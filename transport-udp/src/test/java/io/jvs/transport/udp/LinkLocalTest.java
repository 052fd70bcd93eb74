package io.jvs.transport.udp;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.lab.network.Namespace;
import io.jvs.model.RealServer;
import io.jvs.model.VirtualService;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/** Clients and real servers whose addresses mean something on their link only. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class LinkLocalTest {
  @Test
  void the_same_address_and_port_on_two_links_are_two_clients() throws Exception {
    try (LabNetwork lab = new LabNetwork()) {
      lab.director.sh("ip addr add fe80::1/64 dev c0 nodad; ip addr add fe80::1/64 dev s0 nodad");
      try (Peer one = client(lab.client);
          Peer two = client(lab.server);
          Peer server = lab.director.call(() -> Peer.at("::1"))) {
        UdpTransport transport =
            lab.director(
                VirtualService.udp("::", 53).name("dns").realServer(server.realServer()).build());
        one.send(director(lab.client), "of one");
        Peer.Received first = server.receive();
        two.send(director(lab.server), "of two");
        Peer.Received second = server.receive();
        server.send(first.from(), "to one");
        server.send(second.from(), "to two");
        assertThat(one.receive().text()).isEqualTo("to one");
        assertThat(two.receive().text()).isEqualTo("to two");
        assertThat(transport.status().flows()).isEqualTo(2);
      }
    }
  }

  /** The client's link has the same address, and asks from it. */
  @Test
  void a_real_server_is_asked_on_its_link() throws Exception {
    try (LabNetwork lab = new LabNetwork()) {
      lab.director.sh("ip addr add fe80::1/64 dev c0 nodad; ip addr add fe80::1/64 dev s0 nodad");
      try (Peer client = client(lab.client);
          Peer server = client(lab.server)) {
        int link = lab.director.call(() -> NetworkInterface.getByName("s0").getIndex());
        InetSocketAddress address = new InetSocketAddress("fe80::77%" + link, 4000);
        lab.director(
            VirtualService.udp("::", 53).name("dns").realServer(RealServer.of(address)).build());
        client.send(director(lab.client), "question");
        Peer.Received asked = server.receive();
        assertThat(asked.text()).isEqualTo("question");
        server.send(asked.from(), "answer");
        assertThat(client.receive().text()).isEqualTo("answer");
      }
    }
  }

  private static Peer client(Namespace where) {
    where.sh("ip addr add fe80::77/64 dev d0 nodad");
    return where.call(() -> Peer.at("fe80::77%" + device(), 4000));
  }

  private static InetSocketAddress director(Namespace from) {
    return from.call(() -> new InetSocketAddress("fe80::1%" + device(), 53));
  }

  /** By number: for names the JDK looks into the namespace of the process. */
  private static int device() throws Exception {
    return NetworkInterface.getByName("d0").getIndex();
  }
}

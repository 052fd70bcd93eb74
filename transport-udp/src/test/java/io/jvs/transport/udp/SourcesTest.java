package io.jvs.transport.udp;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.lab.network.Namespace;
import io.jvs.model.SocketAddresses;
import io.jvs.model.VirtualService;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/** From where real servers are asked. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class SourcesTest {
  @Engines
  void sources_are_used_in_turn(UdpEngine engine) throws Exception {
    try (Peer server = Peer.at("127.0.0.1");
        Rig rig = Rig.of(single(engine), "127.0.0.1", from("127.0.0.2", "127.0.0.3"), server)) {
      List<String> seen = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        rig.client().send(rig.address, "question");
        seen.add(server.receive().from().getAddress().getHostAddress());
      }
      assertThat(seen)
          .containsExactlyInAnyOrder("127.0.0.2", "127.0.0.3", "127.0.0.2", "127.0.0.3");
    }
  }

  @Engines
  void a_server_of_another_family_than_all_sources_is_asked_as_routing_says(UdpEngine engine)
      throws Exception {
    try (Peer server = Peer.at("::1");
        Rig rig = Rig.of(single(engine), "127.0.0.1", from("127.0.0.2"), server)) {
      rig.client().send(rig.address, "question");
      assertThat(server.receive().from().getAddress()).isEqualTo(SocketAddresses.parseIp("::1"));
    }
  }

  @Engines
  void other_sources_after_a_reload_are_for_new_flows(UdpEngine engine) throws Exception {
    try (Peer server = Peer.at("127.0.0.1");
        Rig rig = Rig.of(single(engine), "127.0.0.1", from("127.0.0.2"), server)) {
      Peer before = rig.client();
      before.send(rig.address, "question");
      InetSocketAddress port = server.receive().from();
      rig.apply(from("127.0.0.4").apply(rig.service.toBuilder()).build());
      rig.client().send(rig.address, "question");
      assertThat(server.receive().from().getAddress().getHostAddress()).isEqualTo("127.0.0.4");
      before.send(rig.address, "question");
      assertThat(server.receive().from()).isEqualTo(port);
      server.send(port, "answer");
      assertThat(before.receive().text()).isEqualTo("answer");
    }
  }

  /** In a namespace with 20 ports for each address. */
  @Test
  void the_ports_of_sources_add_up() throws Exception {
    try (Namespace own = Namespace.open("sources")) {
      own.set("ipv4/ip_local_port_range", "40000 40019");
      Peer server = own.call(() -> Peer.at("127.0.0.1", 5353));
      try (server;
          Rig rig =
              own.call(
                  () ->
                      Rig.of(
                          single(UdpEngine.EPOLL),
                          "127.0.0.9",
                          from("127.0.0.2", "127.0.0.3"),
                          server))) {
        Set<InetSocketAddress> seen = new HashSet<>();
        for (int i = 0; i < 40; i++) {
          int port = 1000 + i;
          Peer client = own.call(() -> Peer.at("127.0.0.8", port));
          try (client) {
            client.send(rig.address, "question");
            seen.add(server.receive().from());
          }
        }
        assertThat(seen).hasSize(40);
      }
    }
  }

  private static UdpTransport.Builder single(UdpEngine engine) {
    return UdpTransport.builder().engine(engine).eventLoopThreads(1);
  }

  private static UnaryOperator<VirtualService.Builder> from(String... sources) {
    List<InetAddress> addresses = new ArrayList<>();
    for (String source : sources) {
      addresses.add(SocketAddresses.parseIp(source));
    }
    return service ->
        service.transportOptions(
            UdpOptions.DEFAULT.withOutgoing(new UdpOptions.Outgoing(addresses, false)));
  }
}

package io.jvs.transport.udp;

import static io.jvs.transport.udp.LabNetwork.address;
import static io.jvs.transport.udp.Peer.exchange;
import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.lab.network.ThreeHosts;
import io.jvs.model.AddressFamily;
import io.jvs.model.Flow;
import io.jvs.model.Persistence;
import io.jvs.model.RealServer;
import io.jvs.model.VirtualAddress;
import io.jvs.model.VirtualService;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Foreign addresses at both ends, in namespaces: IP_TRANSPARENT and TPROXY. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class TransparentTest {
  private static final int PORT = 50080;

  /** Packets that have a transparent socket go there; ICMP errors about such packets too. */
  private static final String DIVERT =
      "meta l4proto { udp, icmp, icmpv6 } socket transparent 1 meta mark set 1 accept";

  /** For the way back from real servers. */
  private static final String WAY_BACK =
      """
      table inet jvs {
        chain divert {
          type filter hook prerouting priority mangle;
          %s
        }
      }
      """
          .formatted(DIVERT);

  private static final UdpOptions CLIENT_ADDRESS =
      UdpOptions.DEFAULT.withOutgoing(new UdpOptions.Outgoing(List.of(), true));

  private final LabNetwork lab = new LabNetwork();

  @AfterEach
  void close() {
    lab.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", DIVERT})
  void services_of_firewall_marks_of_both_families_answer_from_where_clients_asked(String first)
      throws Exception {
    lab.director.sh(ThreeHosts.MARKED_STAY);
    lab.director.nft(
        """
        table inet jvs {
          chain to_jvs {
            type filter hook prerouting priority mangle;
            %s
            ip daddr 192.0.2.0/24 udp dport 8000-8999 meta mark set 1 tproxy ip to :50080
            ip6 daddr 2001:db8::/64 udp dport 8000-8999 meta mark set 1 tproxy ip6 to :50081
          }
        }
        """
            .formatted(first));
    Peer four = lab.server("10.2.0.2", 8001);
    Peer six = lab.server("fd02::2", 8002);
    UdpTransport transport =
        lab.director(
            marked(7, AddressFamily.IPV4, PORT, "10.2.0.2:0"),
            marked(8, AddressFamily.IPV6, PORT + 1, "[fd02::2]:0"));
    Peer client4 = lab.client("10.1.0.2");
    Peer client6 = lab.client("fd01::2");
    for (int i = 0; i < 3; i++) {
      exchange(client4, address("192.0.2.1", 8001), four);
      exchange(client4, address("192.0.2.2", 8001), four);
      exchange(client6, address("2001:db8::1", 8002), six);
    }
    assertThat(lab.flows.stream().map(Flow::toString))
        .containsExactly(
            "udp 10.1.0.2:" + client4.address().getPort() + " to 192.0.2.1:8001 mark 7",
            "udp 10.1.0.2:" + client4.address().getPort() + " to 192.0.2.2:8001 mark 7",
            "udp [fd01::2]:" + client6.address().getPort() + " to [2001:db8::1]:8002 mark 8");
    assertThat(transport.status().flows()).isEqualTo(3);
    client4.send(address("10.1.0.1", PORT), "to the port of TPROXY itself");
    Rig.await("it is refused", () -> transport.status().dropped(UdpDrop.NO_SERVICE) == 1);
  }

  @Test
  void a_service_of_all_ports_gets_what_tproxy_sends_it() throws Exception {
    sendAllToTproxy();
    Peer one = lab.server("10.2.0.2", 8001);
    Peer two = lab.server("10.2.0.2", 8002);
    VirtualService service =
        VirtualService.at(VirtualAddress.udp("192.0.2.1", 0))
            .persistence(new Persistence.SourceNetwork(Duration.ofMinutes(5), 32, 128))
            .realServer(RealServer.of("10.2.0.2:0"))
            .transportOptions(tproxy(PORT))
            .build();
    UdpTransport transport = lab.director(service);
    Peer client = lab.client("10.1.0.2");
    exchange(client, address("192.0.2.1", 8001), one);
    exchange(client, address("192.0.2.1", 8002), two);
    assertThat(transport.status().flows()).isEqualTo(2);
    client.send(address("192.0.2.9", 8001), "to somebody else");
    Rig.await("it is refused", () -> transport.status().dropped(UdpDrop.NO_SERVICE) == 1);
  }

  @Test
  void the_socket_of_an_address_that_nobody_asks_any_more_is_closed() throws Exception {
    sendAllToTproxy();
    Peer server = lab.server("10.2.0.2", 8001);
    UdpTransport transport =
        lab.director(
            VirtualService.at(VirtualAddress.firewallMark(7, AddressFamily.IPV4))
                .timeouts(Rig.idle(Duration.ofMillis(1_500)))
                .realServer(server.realServer())
                .transportOptions(tproxy(PORT))
                .build());
    Peer client = lab.client("10.1.0.2");
    for (int i = 0; i < 2; i++) {
      exchange(client, address("192.0.2.1", 8001), server);
      assertThat(boundAddresses()).contains("010200C0:1F41");
      Rig.await("the flow has ended", () -> transport.status().flows() == 0);
      Rig.await("its socket is gone", () -> !boundAddresses().contains("010200C0:1F41"));
      assertThat(boundAddresses()).as("the port of TPROXY").contains("00000000:C3A0");
    }
  }

  /** One way, so that each flow is over at once; or none is. */
  @ParameterizedTest
  @ValueSource(ints = {0, -1})
  void sockets_of_many_addresses_are_bounded_and_idle_ones_give_way(int responses)
      throws Exception {
    sendAllToTproxy();
    Peer server = lab.server("10.2.0.2", 514);
    UdpTransport transport =
        lab.director(
            VirtualService.at(VirtualAddress.firewallMark(7, AddressFamily.IPV4))
                .realServer(server.realServer())
                .transportOptions(tproxy(PORT).withResponses(responses))
                .build());
    Peer client = lab.client("10.1.0.2");
    for (int i = 0; i < TproxyEntrance.MOST; i++) {
      client.send(address("192.0.2.1", 1_000 + i), "log " + i);
      assertThat(server.receive().text()).isEqualTo("log " + i);
    }
    for (int i = 0; i < 20; i++) {
      client.send(address("192.0.2.2", 1_000 + i), "more " + i);
      if (responses == 0) {
        assertThat(server.receive().text()).isEqualTo("more " + i);
      }
    }
    exchangeOneWay(client, server, responses == 0 ? "192.0.2.2" : "192.0.2.1");
    assertThat(transport.status().dropped(UdpDrop.NO_ADDRESS_SOCKET))
        .isEqualTo(responses == 0 ? 0 : 20);
    int left = responses == 0 ? 0 : TproxyEntrance.MOST;
    Rig.await("those that go on are left", () -> transport.status().flows() == left);
  }

  /** It is the next that the server sees. */
  private static void exchangeOneWay(Peer client, Peer server, String ip) throws Exception {
    client.send(address(ip, 1_000), "last");
    assertThat(server.receive().text()).isEqualTo("last");
  }

  /** Of the director, as the kernel prints them on a little-endian machine. */
  private String boundAddresses() {
    return lab.director.call(() -> Files.readString(Path.of("/proc/thread-self/net/udp")));
  }

  /** Without TPROXY's own port: the service's address is foreign, the port its own. */
  @ParameterizedTest
  @ValueSource(strings = {"192.0.2.1", "0.0.0.0"})
  void a_service_at_a_foreign_address_answers_from_it(String ip) throws Exception {
    lab.directForeign();
    Peer server = lab.server("10.2.0.2", 5353);
    lab.director(
        VirtualService.at(VirtualAddress.udp(ip, 53))
            .realServer(server.realServer())
            .transportOptions(tproxy(0))
            .build());
    Peer client = lab.client("10.1.0.2");
    exchange(client, address("192.0.2.1", 53), server);
    exchange(client, address("192.0.2.1", 53), server);
  }

  @Test
  void real_servers_see_the_address_and_port_of_the_client_until_its_flow_ends() throws Exception {
    lab.director.sh(ThreeHosts.MARKED_STAY);
    lab.director.nft(WAY_BACK);
    Peer four = lab.server("10.2.0.2", 5353);
    Peer six = lab.server("fd02::2", 5353);
    UdpTransport transport =
        lab.director(clientAddress("10.1.0.1", four), clientAddress("fd01::1", six));
    for (Peer server : List.of(four, six)) {
      Peer client = lab.client(server == four ? "10.1.0.2" : "fd01::2");
      InetSocketAddress asked = address(server == four ? "10.1.0.1" : "fd01::1", 53);
      assertThat(exchange(client, asked, server)).isEqualTo(client.address());
      assertThat(exchange(client, asked, server)).isEqualTo(client.address());
      Rig.await("flows and their ports have gone", () -> transport.status().sourcePorts() == 0);
      assertThat(exchange(client, asked, server)).isEqualTo(client.address());
    }
  }

  @Test
  void a_client_whose_port_is_taken_keeps_its_address() throws Exception {
    lab.director.sh(ThreeHosts.MARKED_STAY);
    lab.director.nft(WAY_BACK);
    Peer server = lab.server("10.2.0.2", 5353);
    lab.director(clientAddress("10.1.0.1", server), clientAddress("10.2.0.1", server));
    Peer client = lab.client("10.1.0.2");
    assertThat(exchange(client, address("10.1.0.1", 53), server)).isEqualTo(client.address());
    InetSocketAddress again = exchange(client, address("10.2.0.1", 53), server);
    assertThat(again.getAddress()).isEqualTo(client.address().getAddress());
    assertThat(again.getPort()).isNotEqualTo(client.address().getPort());
  }

  /** The port that is the client's own goes with it. */
  @Test
  void a_flow_that_moves_to_another_server_keeps_the_client_address_and_port() throws Exception {
    lab.director.sh(ThreeHosts.MARKED_STAY);
    lab.director.nft(WAY_BACK);
    Peer dead = lab.server("10.2.0.2", 5353);
    Peer server = lab.server("10.2.0.2", 5354);
    lab.director(
        VirtualService.udp("10.1.0.1", 53)
            .realServer(dead.realServer())
            .realServer(server.realServer())
            .transportOptions(CLIENT_ADDRESS)
            .build());
    dead.close();
    Peer client = lab.client("10.1.0.2");
    assertThat(exchange(client, address("10.1.0.1", 53), server)).isEqualTo(client.address());
    assertThat(lab.flows).as("each server was chosen once").hasSize(2);
  }

  @Test
  void clients_of_another_family_than_their_server_are_relayed_from_the_directors_address()
      throws Exception {
    Peer server = lab.server("10.2.0.2", 5353);
    lab.director(
        VirtualService.udp("::", 53)
            .realServer(server.realServer())
            .transportOptions(
                CLIENT_ADDRESS.withListening(new UdpOptions.Listening(null, true, 0, false, 0)))
            .build());
    InetSocketAddress seen = exchange(lab.client("fd01::2"), address("fd01::1", 53), server);
    assertThat(seen.getAddress()).isEqualTo(InetAddress.getByName("10.2.0.1"));
  }

  /** All of UDP over IPv4 that comes from clients goes to port 50080. */
  private void sendAllToTproxy() {
    lab.director.sh(ThreeHosts.MARKED_STAY);
    lab.director.nft(
        """
        table ip jvs {
          chain to_jvs {
            type filter hook prerouting priority mangle;
            iifname c0 meta l4proto udp meta mark set 1 tproxy to :50080
          }
        }
        """);
  }

  private static VirtualService clientAddress(String ip, Peer server) {
    return VirtualService.udp(ip, 53)
        .name("at " + ip)
        .timeouts(Rig.idle(Duration.ofMillis(1_500))) // neighbours may take a second to be found
        .realServer(server.realServer())
        .transportOptions(CLIENT_ADDRESS)
        .build();
  }

  private static UdpOptions tproxy(int port) {
    return UdpOptions.DEFAULT.withListening(new UdpOptions.Listening(null, false, 0, true, port));
  }

  private static VirtualService marked(long mark, AddressFamily family, int port, String server) {
    return VirtualService.at(VirtualAddress.firewallMark(mark, family))
        .realServer(RealServer.of(server))
        .transportOptions(tproxy(port))
        .build();
  }
}

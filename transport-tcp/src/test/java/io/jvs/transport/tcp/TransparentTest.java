package io.jvs.transport.tcp;

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
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Foreign addresses at both ends, in namespaces: IP_TRANSPARENT and TPROXY. */
class TransparentTest {
  private static final int PORT = 50080;

  /** As docs/configuration.md tells it, for the way back from real servers. */
  private static final String WAY_BACK =
      """
      table inet jvs {
        chain divert {
          type filter hook prerouting priority mangle;
          meta l4proto tcp socket transparent 1 meta mark set 1 accept
        }
      }
      """;

  private final LabNetwork lab = new LabNetwork();

  @AfterEach
  void close() throws Exception {
    lab.close();
  }

  @Test
  void a_real_server_sees_the_address_and_port_of_the_client() throws Exception {
    lab.director.sh(ThreeHosts.MARKED_STAY);
    lab.director.nft(WAY_BACK);
    TestServer four = lab.echo("10.2.0.2");
    TestServer six = lab.echo("fd02::2");
    lab.director(
        TcpEngine.EPOLL,
        clientAddress("10.1.0.1", four).build(),
        clientAddress("fd01::1", six).build());
    for (TestServer server : List.of(four, six)) {
      Socket client = lab.connect(server == four ? "10.1.0.1" : "fd01::1", 80);
      Sockets.ping(client);
      assertThat(server.next().getRemoteSocketAddress()).isEqualTo(client.getLocalSocketAddress());
      String bulk = "x".repeat(100_000);
      Sockets.send(client, bulk);
      assertThat(Sockets.receive(client, bulk.length())).isEqualTo(bulk);
      client.shutdownOutput();
      assertThat(Sockets.ending(client)).isEqualTo("eof");
    }
  }

  /** As when a client is back before its last connection is forgotten. */
  @Test
  void a_client_whose_port_is_taken_keeps_its_address() throws Exception {
    lab.director.sh(ThreeHosts.MARKED_STAY);
    lab.director.nft(WAY_BACK);
    TestServer server = lab.echo("10.2.0.2");
    lab.director(
        TcpEngine.EPOLL,
        clientAddress("10.1.0.1", server).build(),
        clientAddress("10.1.0.1", server).address(VirtualAddress.tcp("10.1.0.1", 81)).build());
    lab.client.run(
        () -> {
          try (Socket first = new Socket();
              Socket second = new Socket()) {
            first.setReuseAddress(true);
            second.setReuseAddress(true);
            first.bind(new InetSocketAddress("10.1.0.2", 5000));
            first.connect(new InetSocketAddress("10.1.0.1", 80));
            Sockets.ping(first);
            second.bind(new InetSocketAddress("10.1.0.2", 5000));
            second.connect(new InetSocketAddress("10.1.0.1", 81));
            Sockets.ping(second);
          }
        });
    assertThat(server.next().getRemoteSocketAddress())
        .isEqualTo(new InetSocketAddress("10.1.0.2", 5000));
    Socket again = server.next();
    assertThat(again.getInetAddress()).isEqualTo(InetAddress.getByName("10.1.0.2"));
    assertThat(again.getPort()).isNotEqualTo(5000);
  }

  @Test
  void clients_and_servers_of_different_families_are_relayed_from_the_directors_address()
      throws Exception {
    TestServer four = lab.echo("10.2.0.2");
    VirtualService service =
        VirtualService.tcp("::", 80)
            .realServer(four.realServer())
            .transportOptions(
                TcpOptions.DEFAULT
                    .withListening(new TcpOptions.Listening(0, null, true, 0, false, 0))
                    .withOutgoing(new TcpOptions.Outgoing(List.of(), true)))
            .build();
    lab.director(TcpEngine.EPOLL, service);
    Sockets.ping(lab.connect("fd01::1", 80));
    assertThat(four.next().getInetAddress()).isEqualTo(InetAddress.getByName("10.2.0.1"));
  }

  @Test
  void a_service_of_all_ports_gets_what_tproxy_sends_it() throws Exception {
    lab.director.sh(ThreeHosts.MARKED_STAY);
    lab.director.nft(
        """
        table ip jvs {
          chain to_jvs {
            type filter hook prerouting priority mangle;
            meta l4proto tcp socket transparent 1 meta mark set 1 accept
            ip daddr 192.0.2.1 meta l4proto tcp meta mark set 1 tproxy to :50080
          }
        }
        """);
    TestServer one = lab.echo("10.2.0.2", 8001);
    TestServer two = lab.echo("10.2.0.2", 8002);
    VirtualService service =
        VirtualService.tcp("192.0.2.1", 0)
            .persistence(new Persistence.SourceNetwork(Duration.ofMinutes(5), 32, 128))
            .realServer(RealServer.of("10.2.0.2:0"))
            .transportOptions(tproxy(PORT))
            .build();
    LabNetwork.Director director = lab.director(TcpEngine.EPOLL, service);
    Sockets.ping(lab.connect("192.0.2.1", 8001));
    Sockets.ping(lab.connect("192.0.2.1", 8002));
    assertThat(one.accepted()).isEqualTo(1);
    assertThat(two.accepted()).isEqualTo(1);
    assertThat(director.balancers.get(0).status().connections()).isEqualTo(2);
    assertThat(
            lab.client.call(() -> Sockets.endOfNewClient(new InetSocketAddress("10.1.0.1", PORT))))
        .as("whoever connects to the port itself")
        .isEqualTo("reset");
    assertThat(director.transport.status().connections()).isEqualTo(2);
  }

  @Test
  void services_of_firewall_marks_of_both_families_know_their_mark_and_where_clients_went()
      throws Exception {
    lab.director.sh(ThreeHosts.MARKED_STAY);
    lab.director.nft(
        """
        table inet jvs {
          chain to_jvs {
            type filter hook prerouting priority mangle;
            meta l4proto tcp socket transparent 1 meta mark set 1 accept
            ip daddr 192.0.2.0/24 tcp dport 8000-8999 meta mark set 1 tproxy ip to :50080
            ip6 daddr 2001:db8::/64 tcp dport 8000-8999 meta mark set 1 tproxy ip6 to :50081
          }
        }
        """);
    TestServer four = lab.echo("10.2.0.2", 8001);
    TestServer six = lab.echo("fd02::2", 8002);
    LabNetwork.Director director =
        lab.director(
            TcpEngine.EPOLL,
            marked(7, AddressFamily.IPV4, PORT, "10.2.0.2:0"),
            marked(8, AddressFamily.IPV6, PORT + 1, "[fd02::2]:0"));
    Socket toFour = lab.connect("192.0.2.1", 8001);
    Socket toSix = lab.connect("2001:db8::1", 8002);
    Sockets.ping(toFour);
    Sockets.ping(toSix);
    assertThat(four.accepted() + six.accepted()).isEqualTo(2);
    assertThat(director.flows.stream().map(Flow::toString))
        .containsExactly(
            "tcp 10.1.0.2:" + toFour.getLocalPort() + " to 192.0.2.1:8001 mark 7",
            "tcp [fd01::2]:" + toSix.getLocalPort() + " to [2001:db8::1]:8002 mark 8");
  }

  private static VirtualService.Builder clientAddress(String ip, TestServer server) {
    return VirtualService.tcp(ip, 80)
        .realServer(server.realServer())
        .transportOptions(
            TcpOptions.DEFAULT.withOutgoing(new TcpOptions.Outgoing(List.of(), true)));
  }

  private static TcpOptions tproxy(int port) {
    return TcpOptions.DEFAULT.withListening(
        new TcpOptions.Listening(0, null, false, 0, true, port));
  }

  private static VirtualService marked(long mark, AddressFamily family, int port, String server) {
    return VirtualService.at(VirtualAddress.firewallMark(mark, family))
        .realServer(RealServer.of(server))
        .transportOptions(tproxy(port))
        .build();
  }
}

package io.jvs.transport.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jvs.model.PortRange;
import io.jvs.model.Protocol;
import io.jvs.model.SocketAddresses;
import io.jvs.model.VirtualAddress;
import io.jvs.model.VirtualService;
import io.jvs.transport.TransportException;
import io.jvs.transport.listening.ListeningFailures;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Changing what is carried, while it carries. */
class ReloadTest {
  @Engines
  void a_changed_address_leaves_connections_alone_and_moves_new_clients(TcpEngine engine)
      throws Exception {
    try (TestServer server = TestServer.echo();
        Rig rig = Rig.of(engine, server)) {
      Socket client = rig.client();
      Sockets.ping(client);
      InetSocketAddress next = Sockets.freeAddress();
      rig.apply(at(rig, next));
      Sockets.ping(client);
      try (Socket newClient = Sockets.connect(next)) {
        Sockets.ping(newClient);
      }
      assertThat(Sockets.endOfNewClient(rig.address)).isEqualTo("refused");
      rig.awaitConnections(1);
    }
  }

  @Engines
  void a_changed_weight_and_a_second_apply_touch_nothing(TcpEngine engine) throws Exception {
    try (TestServer server = TestServer.echo();
        Rig rig = Rig.of(engine, server)) {
      Socket client = rig.client();
      Sockets.ping(client);
      VirtualService changed = rig.balancer.service().withWeight(server.address(), 5);
      rig.apply(changed);
      rig.apply(changed);
      rig.balancer.apply(changed);
      Sockets.ping(client);
      Sockets.ping(rig.client());
      assertThat(rig.status(server).weight()).isEqualTo(5);
      rig.awaitConnections(2);
    }
  }

  @Engines
  void a_removed_service_listens_no_more_and_its_connections_live_on(TcpEngine engine)
      throws Exception {
    try (TestServer server = TestServer.echo();
        Rig rig = Rig.of(engine, server)) {
      Socket client = rig.client();
      Sockets.ping(client);
      rig.apply();
      assertThat(Sockets.endOfNewClient(rig.address)).isEqualTo("refused");
      Sockets.ping(client);
      client.close();
      rig.awaitConnections(0);
    }
  }

  @Engines
  void another_service_takes_over_an_address_without_a_gap(TcpEngine engine) throws Exception {
    try (TestServer server = TestServer.echo();
        Rig rig = Rig.of(engine, server)) {
      rig.apply(rig.balancer.service().toBuilder().name("renamed").build());
      Sockets.ping(rig.client());
    }
  }

  @Engines
  void an_address_in_use_leaves_everything_as_before(TcpEngine engine) throws Exception {
    try (TestServer server = TestServer.echo();
        ServerSocket stranger = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Rig rig = Rig.of(engine, server)) {
      Socket client = rig.client();
      Sockets.ping(client);
      InetSocketAddress free = Sockets.freeAddress();
      InetSocketAddress taken =
          new InetSocketAddress(stranger.getInetAddress(), stranger.getLocalPort());
      VirtualService other = at(rig, free).toBuilder().name("other").build();
      assertThatThrownBy(() -> rig.apply(other, at(rig, taken)))
          .isInstanceOf(TransportException.class)
          .hasMessage(
              "virtual service 'web': cannot listen on tcp "
                  + SocketAddresses.format(taken)
                  + ": address already in use (way out: stop the program that listens there, or"
                  + " use another address or port)");
      assertThat(Sockets.endOfNewClient(free)).isEqualTo("refused");
      Sockets.ping(client);
      Sockets.ping(rig.client());
    }
  }

  @Engines
  void two_directors_cannot_share_an_address_unnoticed(TcpEngine engine) throws Exception {
    try (TestServer server = TestServer.echo();
        Rig first = Rig.of(engine, server)) {
      for (TcpEngine secondEngine : new TcpEngine[] {TcpEngine.EPOLL, TcpEngine.NIO}) {
        assertThatThrownBy(
                () ->
                    Rig.of(
                            secondEngine,
                            service ->
                                service.address(VirtualAddress.of(Protocol.TCP, first.address)),
                            server)
                        .close())
            .isInstanceOf(TransportException.class)
            .hasMessageContaining("address already in use");
      }
      for (int i = 0; i < 10; i++) {
        Sockets.ping(first.client());
      }
    }
  }

  @Engines
  void an_address_that_is_not_here_is_refused_with_the_way_out(TcpEngine engine) throws Exception {
    try (TestServer server = TestServer.echo();
        Rig rig = Rig.of(engine, server)) {
      assertThatThrownBy(
              () -> rig.apply(at(rig, SocketAddresses.parse("192.0.2.1:8080")))) // RFC 5737
          .isInstanceOf(TransportException.class)
          .hasMessageContaining("cannot assign requested address")
          .hasMessageContaining("ip address add");
      Sockets.ping(rig.client());
    }
  }

  @Engines
  void from_the_wildcard_address_to_a_single_one_and_back(TcpEngine engine) throws Exception {
    try (TestServer server = TestServer.echo();
        Rig rig = Rig.of(engine, server)) {
      Socket client = rig.client();
      Sockets.ping(client);
      InetSocketAddress wildcard =
          new InetSocketAddress(SocketAddresses.parseIp("0.0.0.0"), rig.address.getPort());
      rig.apply(at(rig, wildcard));
      Sockets.ping(rig.client());
      try (ServerSocket stranger = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        VirtualService impossible =
            at(rig, new InetSocketAddress(stranger.getInetAddress(), stranger.getLocalPort()))
                .toBuilder()
                .name("impossible")
                .build();
        assertThatThrownBy(() -> rig.apply(at(rig, rig.address), impossible))
            .isInstanceOf(TransportException.class);
      }
      Sockets.ping(rig.client());
      rig.apply(at(rig, rig.address));
      Sockets.ping(rig.client());
      Sockets.ping(client);
    }
  }

  @Engines
  void a_range_of_ports_is_one_service(TcpEngine engine) throws Exception {
    InetAddress ip = SocketAddresses.parseIp("::1"); // fewer connections of others linger there
    PortRange range = freeRange(ip, 20);
    try (TestServer server = TestServer.echo();
        Rig rig =
            Rig.of(
                engine,
                service -> service.address(new VirtualAddress.Endpoint(Protocol.TCP, ip, range)),
                server)) {
      for (int port = range.first(); port <= range.last(); port++) {
        try (Socket client = Sockets.connect(new InetSocketAddress(ip, port))) {
          Sockets.ping(client);
        }
      }
      assertThat(rig.status(server).opened()).isEqualTo(20);
    }
  }

  @Test
  void both_wildcard_addresses_can_be_different_services_on_epoll() throws Exception {
    try (TestServer server = TestServer.echo();
        Rig rig = Rig.of(TcpEngine.EPOLL, server)) {
      int port = Sockets.freeAddress().getPort();
      rig.apply(
          at(rig, new InetSocketAddress(SocketAddresses.parseIp("0.0.0.0"), port)),
          at(rig, new InetSocketAddress(SocketAddresses.parseIp("::"), port)).toBuilder()
              .name("six")
              .build());
      for (String ip : new String[] {"127.0.0.1", "::1"}) {
        try (Socket client =
            Sockets.connect(new InetSocketAddress(SocketAddresses.parseIp(ip), port))) {
          Sockets.ping(client);
        }
      }
    }
  }

  @Test
  void a_port_that_needs_a_right_says_which() {
    VirtualService service = VirtualService.tcp("127.0.0.1", 80).name("web").build();
    assertThat(
            ListeningFailures.bind(
                TcpOptions.sockets(service),
                SocketAddresses.parse("127.0.0.1:80"),
                new IOException("bind(..) failed with error(-13): Permission denied")))
        .isEqualTo(
            "virtual service 'web': cannot listen on tcp 127.0.0.1:80: permission denied (way out:"
                + " a port below 1024 needs the right CAP_NET_BIND_SERVICE, or a lower"
                + " net.ipv4.ip_unprivileged_port_start, or use a higher port)");
  }

  @Test
  void a_closed_transport_carries_nothing() throws Exception {
    try (TestServer server = TestServer.echo();
        Rig rig = Rig.of(TcpEngine.AUTO, server)) {
      rig.transport.close(Duration.ZERO);
      assertThatThrownBy(() -> rig.apply(rig.balancer.service()))
          .isInstanceOf(IllegalStateException.class);
    }
  }

  private static VirtualService at(Rig rig, InetSocketAddress address) {
    return rig.balancer.service().toBuilder()
        .address(VirtualAddress.of(Protocol.TCP, address))
        .build();
  }

  private static PortRange freeRange(InetAddress ip, int ports) throws IOException {
    for (int attempt = 0; attempt < 50; attempt++) {
      int first = Sockets.freeAddress().getPort();
      if (first + ports <= 65_535 && allFree(ip, first, ports)) {
        return new PortRange(first, first + ports - 1);
      }
    }
    throw new IOException("no " + ports + " free ports in a row");
  }

  private static boolean allFree(InetAddress ip, int first, int ports) {
    for (int port = first; port < first + ports; port++) {
      try (ServerSocket probe = new ServerSocket(port, 1, ip)) {
        assertThat(probe.getLocalPort()).isEqualTo(port);
      } catch (IOException e) {
        return false;
      }
    }
    return true;
  }
}

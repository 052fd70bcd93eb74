package io.jvs.transport.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jvs.balancing.ServerStatus;
import io.jvs.model.RealServer;
import io.jvs.model.SocketAddresses;
import io.jvs.model.VirtualService;
import io.jvs.transport.TransportException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** From where real servers are connected to, in namespaces. */
class SourcesTest {
  private static final int PORTS = 10;

  private final LabNetwork lab = new LabNetwork();

  @AfterEach
  void close() throws Exception {
    lab.close();
  }

  @Engines
  void sources_take_turns_among_those_of_the_servers_family(TcpEngine engine) throws Exception {
    lab.director.sh("ip address add 10.2.0.3/24 dev s0; ip address add 10.2.0.4/24 dev s0");
    TestServer four = lab.echo("10.2.0.2");
    TestServer six = lab.echo("fd02::2");
    TcpOptions options = from("10.2.0.3", "fd02::1", "10.2.0.4");
    lab.director(
        engine,
        service(80, four.realServer()).transportOptions(options).build(),
        service(81, six.realServer()).transportOptions(options).build());
    List<String> seen = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      Sockets.ping(lab.connect("10.1.0.1", 80));
      seen.add(four.next().getInetAddress().getHostAddress());
    }
    assertThat(seen).containsExactly("10.2.0.3", "10.2.0.4", "10.2.0.3", "10.2.0.4");
    Sockets.ping(lab.connect("10.1.0.1", 81));
    assertThat(six.next().getInetAddress()).isEqualTo(InetAddress.getByName("fd02::1"));
  }

  @Engines
  void when_the_ports_of_one_source_are_used_up_it_is_the_turn_of_the_next(TcpEngine engine)
      throws Exception {
    lab.director.sh("ip address add 10.2.0.3/24 dev s0");
    fewPorts();
    TestServer server = lab.echo("10.2.0.2");
    LabNetwork.Director director =
        lab.director(
            engine,
            service(80, server.realServer())
                .transportOptions(from("10.2.0.1", "10.2.0.3"))
                .build());
    Set<Object> seen = new HashSet<>();
    for (int i = 0; i < 2 * PORTS; i++) {
      Sockets.ping(lab.connect("10.1.0.1", 80));
      seen.add(server.next().getRemoteSocketAddress());
    }
    assertThat(seen).hasSize(2 * PORTS);
    assertThat(director.transport.status().acceptFailures()).isZero();
    assertEndsWithoutBlame(director, server.realServer());
  }

  @Engines
  void used_up_ports_are_no_fault_of_the_server_and_another_one_has_its_own(TcpEngine engine)
      throws Exception {
    fewPorts();
    TestServer first = lab.echo("10.2.0.2");
    TestServer second = lab.echo("10.2.0.2");
    LabNetwork.Director director =
        lab.director(engine, service(80, first.realServer(), second.realServer()).build());
    for (int i = 0; i < PORTS + 3; i++) {
      Sockets.ping(lab.connect("10.1.0.1", 80));
    }
    assertThat(first.accepted()).isEqualTo(PORTS);
    assertThat(second.accepted()).isEqualTo(3);
    assertThat(director.transport.status().acceptFailures()).isEqualTo(3);
    assertThat(status(director, first.realServer()).failed()).isZero();
  }

  /** Binding early, without IP_BIND_ADDRESS_NO_PORT, a port could serve one server only. */
  @Test
  void a_port_of_a_source_serves_for_every_server() throws Exception {
    fewPorts();
    TestServer first = lab.echo("10.2.0.2");
    TestServer second = lab.echo("10.2.0.2");
    LabNetwork.Director director =
        lab.director(
            TcpEngine.EPOLL,
            service(80, first.realServer(), second.realServer())
                .transportOptions(from("10.2.0.1"))
                .build());
    for (int i = 0; i < 2 * PORTS; i++) {
      Sockets.ping(lab.connect("10.1.0.1", 80));
    }
    assertThat(first.accepted()).isEqualTo(PORTS);
    assertThat(second.accepted()).isEqualTo(PORTS);
    assertEndsWithoutBlame(director, first.realServer());
  }

  @Engines
  void unreachable_servers_are_passed_over(TcpEngine engine) throws Exception {
    lab.director.sh("ip route add unreachable 10.8.0.0/24");
    TestServer good = lab.echo("10.2.0.2");
    RealServer noHost = RealServer.of("10.8.0.1:80");
    RealServer noNetwork = RealServer.of("10.9.0.1:80");
    LabNetwork.Director director =
        lab.director(engine, service(80, noHost, noNetwork, good.realServer()).build());
    Sockets.ping(lab.connect("10.1.0.1", 80));
    assertThat(status(director, noHost).failed()).isEqualTo(1);
    assertThat(status(director, noNetwork).failed()).isEqualTo(1);
    assertThat(status(director, good.realServer()).failed()).isZero();
    assertThat(director.transport.status().acceptFailures()).isZero();
  }

  @Engines
  void a_source_that_is_no_address_of_this_machine_is_told_before_anything_changes(TcpEngine engine)
      throws Exception {
    TestServer server = lab.echo("10.2.0.2");
    VirtualService service = service(80, server.realServer()).name("web").build();
    LabNetwork.Director director = lab.director(engine, service);
    assertThatThrownBy(
            () ->
                director.apply(
                    service.toBuilder().transportOptions(from("10.2.0.1", "10.2.0.9")).build(),
                    service(81, server.realServer()).build()))
        .isInstanceOf(TransportException.class)
        .hasMessage(
            "virtual service 'web': tcp.outgoing.sources 10.2.0.9: cannot assign requested address"
                + " (way out: an address of this machine: add it with 'ip address add', or allow"
                + " it with net.ipv4.ip_nonlocal_bind=1 (net.ipv6.ip_nonlocal_bind=1))");
    Sockets.ping(lab.connect("10.1.0.1", 80));
    assertThat(lab.client.call(() -> Sockets.endOfNewClient(address("10.1.0.1", 81))))
        .isEqualTo("refused");
  }

  /** Else it would take the system a quarter of an hour. */
  @Test
  void a_server_that_acknowledges_nothing_is_given_up_after_the_user_timeout() throws Exception {
    TestServer server = lab.echo("10.2.0.2");
    TcpOptions options =
        TcpOptions.DEFAULT.withSockets(
            TcpOptions.SocketOptions.DEFAULT,
            new TcpOptions.SocketOptions(null, Duration.ofMillis(800), 0, 0));
    LabNetwork.Director director =
        lab.director(
            TcpEngine.EPOLL, service(80, server.realServer()).transportOptions(options).build());
    Socket client = lab.connect("10.1.0.1", 80);
    Sockets.ping(client);
    lab.server.sh("ip link set d0 down");
    lab.director.sh("ip neigh replace 10.2.0.2 lladdr 02:00:00:00:00:01 dev s0 nud permanent");
    Sockets.send(client, "lost");
    assertThat(Sockets.ending(client)).isEqualTo("reset");
    assertThat(director.transport.status().connections()).isZero();
  }

  private void fewPorts() {
    lab.director.set("ipv4/ip_local_port_range", "40000 " + (40000 + PORTS - 1));
  }

  /** One more than there are ports. */
  private void assertEndsWithoutBlame(LabNetwork.Director director, RealServer server) {
    assertThat(lab.client.call(() -> Sockets.endOfNewClient(address("10.1.0.1", 80))))
        .isEqualTo("reset");
    assertThat(director.transport.status().acceptFailures()).isPositive();
    assertThat(status(director, server).failed()).isZero();
  }

  private static ServerStatus status(LabNetwork.Director director, RealServer server) {
    return Objects.requireNonNull(director.balancers.get(0).status(server.address()));
  }

  private static InetSocketAddress address(String ip, int port) {
    return new InetSocketAddress(SocketAddresses.parseIp(ip), port);
  }

  private static VirtualService.Builder service(int port, RealServer... servers) {
    return VirtualService.tcp("10.1.0.1", port).realServers(List.of(servers));
  }

  private static TcpOptions from(String... sources) {
    return TcpOptions.DEFAULT.withOutgoing(
        new TcpOptions.Outgoing(Stream.of(sources).map(SocketAddresses::parseIp).toList(), false));
  }
}

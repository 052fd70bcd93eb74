package io.jvs.transport.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jvs.lab.network.Needed;
import io.jvs.model.Flow;
import io.jvs.model.VirtualService;
import io.jvs.transport.TransportException;
import io.jvs.transport.UnsupportedServiceException;
import io.netty.channel.epoll.LinuxSocket;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** How clients get in: with real sockets, in namespaces where that takes another network. */
class ListeningOptionsTest {
  private static final TcpOptions.SocketOptions HOURLY =
      new TcpOptions.SocketOptions(
          new TcpOptions.KeepAlive(Duration.ofHours(1), Duration.ofSeconds(10), 3), null, 0, 0);

  @Engines
  void keep_alive_is_on_towards_clients_and_towards_servers_as_asked(TcpEngine engine)
      throws Exception {
    TcpOptions options = TcpOptions.DEFAULT.withSockets(HOURLY, halfHourly());
    try (TestServer server = TestServer.passive();
        Rig rig = Rig.of(engine, service -> service.transportOptions(options), server)) {
      Socket client = rig.client();
      int towardsServer = server.next().getPort();
      assertHours(1, rig.address.getPort(), client.getLocalPort());
      assertHours(0.5, towardsServer, server.address().getPort());
    }
  }

  @Engines
  void other_options_take_effect_by_a_reload_and_present_clients_stay(TcpEngine engine)
      throws Exception {
    try (TestServer server = TestServer.echo();
        Rig rig = Rig.of(engine, server)) {
      Socket before = rig.client();
      Sockets.ping(before);
      VirtualService service = rig.balancer.service();
      rig.apply(
          service.toBuilder()
              .transportOptions(
                  TcpOptions.DEFAULT
                      .withSockets(HOURLY, TcpOptions.SocketOptions.DEFAULT)
                      .withListening(new TcpOptions.Listening(77, null, false, 0, false, 0)))
              .build());
      assertThat(backlog(rig.address.getPort())).isEqualTo(77);
      Socket after = rig.client();
      Sockets.ping(after);
      Sockets.ping(before);
      assertThat(TcpTable.keepAliveTicks(rig.address.getPort(), before.getLocalPort()))
          .isEqualTo(-1);
      assertHours(1, rig.address.getPort(), after.getLocalPort());
      rig.apply(service);
      assertThat(backlog(rig.address.getPort())).isEqualTo(1024);
      Socket last = rig.client();
      Sockets.ping(last);
      assertThat(TcpTable.keepAliveTicks(rig.address.getPort(), last.getLocalPort())).isEqualTo(-1);
    }
  }

  /**
   * A new socket is needed; those who are connected to the old one already come in all the same.
   */
  @Engines
  void buffers_of_the_system_come_back_by_a_reload(TcpEngine engine) throws Exception {
    TcpOptions small =
        TcpOptions.DEFAULT.withSockets(
            new TcpOptions.SocketOptions(null, null, 0, 20_000), TcpOptions.SocketOptions.DEFAULT);
    try (TestServer server = TestServer.echo();
        Rig rig = Rig.of(engine, service -> service.transportOptions(small), server)) {
      Socket before = rig.client();
      Sockets.ping(before);
      rig.apply(rig.balancer.service().toBuilder().transportOptions(null).build());
      Sockets.ping(rig.client());
      Sockets.ping(before);
    }
  }

  @Test
  void options_that_are_refused_change_nothing() throws Exception {
    InetSocketAddress other = Sockets.freeAddress();
    try (TestServer server = TestServer.echo();
        Rig rig = Rig.of(TcpEngine.EPOLL, server)) {
      VirtualService service = rig.balancer.service();
      TcpOptions elsewhere =
          TcpOptions.DEFAULT
              .withSockets(HOURLY, HOURLY)
              .withListening(new TcpOptions.Listening(0, "nowhere0", false, 0, false, 0));
      assertThatThrownBy(
              () ->
                  rig.apply(
                      VirtualService.tcp(other).build(),
                      service.toBuilder().transportOptions(elsewhere).build()))
          .isInstanceOf(TransportException.class)
          .hasMessageStartingWith("virtual service 'web': tcp.listening.device nowhere0: no such");
      assertThat(Sockets.endOfNewClient(other)).isEqualTo("refused");
      Socket client = rig.client();
      Sockets.ping(client);
      assertThat(TcpTable.keepAliveTicks(rig.address.getPort(), client.getLocalPort()))
          .isEqualTo(-1);
    }
  }

  @Engines
  void a_dual_service_sees_clients_of_ipv4_as_such(TcpEngine engine) throws Exception {
    try (LabNetwork lab = new LabNetwork()) {
      TestServer server = lab.echo("10.2.0.2");
      LabNetwork.Director director =
          lab.director(
              engine,
              VirtualService.tcp("::", 80)
                  .realServer(server.realServer())
                  .transportOptions(dual())
                  .build());
      Socket four = lab.connect("10.1.0.1", 80);
      Sockets.ping(four);
      Socket six = lab.connect("fd01::1", 80);
      Sockets.ping(six);
      assertThat(director.flows.stream().map(Flow::toString))
          .containsExactly(
              "tcp 10.1.0.2:" + four.getLocalPort() + " to 10.1.0.1:80",
              "tcp [fd01::2]:" + six.getLocalPort() + " to [fd01::1]:80");
    }
  }

  @Test
  void a_service_that_is_not_dual_takes_its_own_family_only() throws Exception {
    try (LabNetwork lab = new LabNetwork()) {
      TestServer server = lab.echo("10.2.0.2");
      VirtualService six =
          VirtualService.tcp("::", 80).name("six").realServer(server.realServer()).build();
      VirtualService four =
          VirtualService.tcp("0.0.0.0", 80).name("four").realServer(server.realServer()).build();
      VirtualService both = six.toBuilder().transportOptions(dual()).build();
      LabNetwork.Director director = lab.director(TcpEngine.EPOLL, six);
      InetSocketAddress byIpv4 = new InetSocketAddress("10.1.0.1", 80);
      assertThat(lab.client.call(() -> Sockets.endOfNewClient(byIpv4))).isEqualTo("refused");
      director.apply(both);
      Sockets.ping(lab.connect("10.1.0.1", 80));
      assertThatThrownBy(() -> director.apply(both, four))
          .isInstanceOf(UnsupportedServiceException.class)
          .hasMessage(
              "virtual service 'six': tcp [::]:80, dual, meets tcp 0.0.0.0:80 of 'four', and nobody"
                  + " could tell whose clients come in (expected: another port for one of them)");
      Sockets.ping(lab.connect("10.1.0.1", 80));
      director.apply(four, six); // the place of one is taken by the other
      Sockets.ping(lab.connect("10.1.0.1", 80));
      Sockets.ping(lab.connect("fd01::1", 80));
      director.apply(both);
      Sockets.ping(lab.connect("10.1.0.1", 80));
    }
  }

  @Test
  void a_service_of_one_device_takes_no_clients_from_another() throws Exception {
    try (LabNetwork lab = new LabNetwork()) {
      TestServer server = lab.echo("10.2.0.2");
      VirtualService service =
          VirtualService.tcp("0.0.0.0", 80).realServer(server.realServer()).build();
      LabNetwork.Director director = lab.director(TcpEngine.EPOLL, onDevice(service, "c0"));
      InetSocketAddress near = new InetSocketAddress("10.2.0.1", 80);
      Socket client = lab.connect("10.1.0.1", 80);
      Sockets.ping(client);
      assertThat(lab.server.call(() -> Sockets.endOfNewClient(near))).isEqualTo("refused");
      director.apply(onDevice(service, "s0"));
      Sockets.ping(lab.connect(lab.server, "10.2.0.1", 80));
      director.apply(service);
      Sockets.ping(lab.connect("10.1.0.1", 80));
      Sockets.ping(lab.connect(lab.server, "10.2.0.1", 80));
      Sockets.ping(client);
    }
  }

  @Test
  void data_in_the_syn_is_taken() throws Exception {
    try (LabNetwork lab = new LabNetwork()) {
      lab.client.set("ipv4/tcp_fastopen", "5"); // client, without having a cookie
      lab.director.set("ipv4/tcp_fastopen", "514"); // server, without asking for one
      TestServer server = lab.echo("10.2.0.2");
      lab.director(
          TcpEngine.EPOLL,
          VirtualService.tcp("10.1.0.1", 80)
              .realServer(server.realServer())
              .transportOptions(
                  TcpOptions.DEFAULT.withListening(
                      new TcpOptions.Listening(0, null, false, 16, false, 0)))
              .build());
      long before = lab.director.counter("TCPFastOpenPassive");
      assertThat(lab.client.call(ListeningOptionsTest::pingInSyn)).isEqualTo("ping");
      assertThat(lab.director.counter("TCPFastOpenPassive")).isEqualTo(before + 1);
    }
  }

  /** As ss(8) tells it of a listening socket, in the column of what may be sent. */
  private static int backlog(int port) throws Exception {
    Needed.command("ss", "iproute2");
    Process process = new ProcessBuilder("ss", "-ltnH", "sport = :" + port).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isZero();
    return Integer.parseInt(said.lines().findFirst().orElseThrow().split("\\s+", -1)[2]);
  }

  private static String pingInSyn() throws IOException {
    int fastOpenConnect = 30; // tcp.h: the SYN waits for the first bytes
    LinuxSocket socket = SocketSetup.newSocket(false);
    try {
      socket.setIntOpt(6, fastOpenConnect, 1);
      socket.connect(new InetSocketAddress("10.1.0.1", 80));
      ByteBuffer ping = ByteBuffer.allocateDirect(4);
      ping.put("ping".getBytes(StandardCharsets.US_ASCII)).flip();
      assertThat(socket.send(ping, 0, 4)).isEqualTo(4);
      ByteBuffer answer = ByteBuffer.allocateDirect(4);
      int[] got = {0};
      Sockets.await(
          "an answer",
          () -> {
            try {
              got[0] += socket.recv(answer, got[0], 4);
              return got[0] == 4;
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
      return StandardCharsets.US_ASCII.decode(answer).toString();
    } finally {
      socket.close();
    }
  }

  private static VirtualService onDevice(VirtualService service, String device) {
    return service.toBuilder()
        .transportOptions(
            TcpOptions.DEFAULT.withListening(
                new TcpOptions.Listening(0, device, false, 0, false, 0)))
        .build();
  }

  private static TcpOptions dual() {
    return TcpOptions.DEFAULT.withListening(new TcpOptions.Listening(0, null, true, 0, false, 0));
  }

  private static TcpOptions.SocketOptions halfHourly() {
    return new TcpOptions.SocketOptions(
        new TcpOptions.KeepAlive(Duration.ofMinutes(30), Duration.ofSeconds(10), 3), null, 0, 0);
  }

  /** It was started less than a minute ago. */
  private static void assertHours(double hours, int local, int remote) throws IOException {
    long ticks = (long) (hours * 360_000);
    assertThat(TcpTable.keepAliveTicks(local, remote)).isBetween(ticks - 6_000, ticks + 100);
  }
}

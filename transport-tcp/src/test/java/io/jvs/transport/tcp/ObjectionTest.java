package io.jvs.transport.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.UnixOperatingSystemMXBean;
import io.jvs.balancing.LoadBalancer;
import io.jvs.model.AddressFamily;
import io.jvs.model.Forwarding;
import io.jvs.model.Persistence;
import io.jvs.model.PortRange;
import io.jvs.model.Protocol;
import io.jvs.model.RealServer;
import io.jvs.model.SocketAddresses;
import io.jvs.model.VirtualAddress;
import io.jvs.model.VirtualService;
import io.jvs.transport.Transport.Assignment;
import io.jvs.transport.UnsupportedServiceException;
import io.jvs.transport.tcp.TcpOptions.FirstBytes;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ObjectionTest {
  private final TcpTransport transport = TcpTransport.create();

  @Test
  void tcp_at_one_port_or_some_is_carried() {
    assertThat(objection(VirtualService.tcp("192.0.2.1", 80))).isNull();
    assertThat(objection(VirtualService.tcp("2001:db8::1", 80).realServer("db.test:5432")))
        .isNull();
    assertThat(objection(VirtualService.at(ports(8000, 8999)))).isNull();
  }

  /** A file with a thousand services is checked in no time, and on a busy machine too. */
  @Engines
  void whoever_is_only_asked_opens_nothing(TcpEngine engine) {
    assumeTrue(
        ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean,
        "no descriptors to count here");
    TcpTransport.builder().engine(engine).build().close(); // what the first one loads
    long before = openDescriptors();
    List<TcpTransport> asked = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      TcpTransport one = TcpTransport.builder().engine(engine).build();
      assertThat(one.objection(VirtualService.tcp("192.0.2.1", 80).build())).isEmpty();
      asked.add(one);
    }
    assertThat(openDescriptors() - before).isLessThan(100);
    asked.forEach(TcpTransport::close);
  }

  private static long openDescriptors() {
    return ((UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getOpenFileDescriptorCount();
  }

  @Test
  void what_is_not_carried_says_why_and_the_way_out() {
    assertThat(objection(VirtualService.udp("192.0.2.1", 53))).isEqualTo("udp (expected: tcp)");
    assertThat(objection(VirtualService.at(VirtualAddress.firewallMark(7, AddressFamily.IPV4))))
        .startsWith("'fwmark 7 IPv4' is no address to listen on (expected: a TCP address and port");
    assertThat(objection(VirtualService.at(ports(8000, 9000))))
        .startsWith("1001 ports (expected: up to 1000, ");
    assertThat(
            objection(
                VirtualService.tcp("192.0.2.1", 80)
                    .persistence(Persistence.applicationKey(Duration.ofMinutes(5)))))
        .isEqualTo(
            "persistence by application key without a place to find it (expected: by source or"
                + " source port, or tcp.firstBytes)");
    RealServer routed = RealServer.of("10.0.0.1:80").withForwarding(Forwarding.DR);
    assertThat(objection(VirtualService.tcp("192.0.2.1", 80).realServer(routed)))
        .isEqualTo(
            "real server 10.0.0.1:80: forwarding DR (expected: NAT; DR and TUN need the kernel)");
    assertThat(objection(VirtualService.tcp("192.0.2.1", 80).fallback(routed))).contains("DR");
  }

  @Test
  void first_bytes_have_keys_and_sessions_need_those_who_remember_them() {
    TcpOptions host = TcpOptions.DEFAULT.withFirstBytes(FirstBytes.of(FirstBytes.What.SNI));
    TcpOptions session =
        TcpOptions.DEFAULT.withFirstBytes(FirstBytes.of(FirstBytes.What.TLS_SESSION));
    Persistence byKey = Persistence.applicationKey(Duration.ofMinutes(5));
    for (TcpOptions options : List.of(host, session)) {
      assertThat(
              objection(
                  VirtualService.tcp("192.0.2.1", 80).persistence(byKey).transportOptions(options)))
          .isNull();
    }
    assertThat(objection(VirtualService.tcp("192.0.2.1", 80).transportOptions(host))).isNull();
    assertThat(objection(VirtualService.tcp("192.0.2.1", 80).transportOptions(session)))
        .isEqualTo(
            "TLS sessions as key without persistence by application key (expected: that"
                + " persistence, since only the server that has issued a session can resume it; or"
                + " SNI, which policies can hash)");
  }

  @Test
  void where_it_would_listen_and_who_servers_see_is_as_its_options_say() {
    VirtualService.Builder marked =
        VirtualService.at(VirtualAddress.firewallMark(7, AddressFamily.IPV6));
    assertThat(objection(marked.transportOptions(listening(false, true, 50_080)))).isNull();
    VirtualService.Builder six = VirtualService.tcp("2001:db8::1", 80).realServer("10.0.0.1:80");
    assertThat(objection(six.transportOptions(listening(true, false, 0))))
        .startsWith("listening.dual at tcp ");
    TcpOptions.Outgoing transparent = new TcpOptions.Outgoing(List.of(), true);
    assertThat(objection(six.transportOptions(TcpOptions.DEFAULT.withOutgoing(transparent))))
        .startsWith("real server 10.0.0.1:80: outgoing.clientAddress from IPv6 to IPv4 ");
  }

  @Test
  void the_portable_engine_says_what_it_has_not() {
    TcpTransport nio = TcpTransport.builder().engine(TcpEngine.NIO).build();
    VirtualService.Builder service = VirtualService.tcp("192.0.2.1", 80);
    TcpOptions options =
        new TcpOptions(
            new TcpOptions.Listening(9, "eth0", false, 5, true, 0),
            new TcpOptions.SocketOptions(null, Duration.ofSeconds(1), 0, 0),
            new TcpOptions.SocketOptions(null, Duration.ofSeconds(1), 1, 1),
            new TcpOptions.Outgoing(List.of(), true),
            List.of(),
            null,
            null);
    assertThat(nio.objection(service.transportOptions(options).build()))
        .hasValue(
            "listening.device, listening.fastOpen, listening.transparent, outgoing.clientAddress,"
                + " clientSockets.userTimeout, serverSockets.userTimeout: not with engine nio,"
                + " which has what the JDK has (expected: engine epoll, on Linux, or to leave it"
                + " out)");
    nio.close();
  }

  @Test
  void services_that_would_listen_at_the_same_place_are_refused() {
    VirtualService one = redirected("one", 50_080);
    assertThat(TcpTransport.meeting(one, redirected("two", 50_080)).orElse(null))
        .startsWith("tcp 0.0.0.0:50080 meets tcp 0.0.0.0:50080 of 'two', ");
    assertThat(TcpTransport.meeting(one, redirected("two", 50_081))).isEmpty();
  }

  private static VirtualService redirected(String name, int port) {
    return VirtualService.at(VirtualAddress.firewallMark(7, AddressFamily.IPV4))
        .name(name)
        .transportOptions(listening(false, true, port))
        .build();
  }

  private static TcpOptions listening(boolean dual, boolean transparent, int port) {
    return TcpOptions.DEFAULT.withListening(
        new TcpOptions.Listening(0, null, dual, 0, transparent, port));
  }

  @Test
  void apply_refuses_it_before_anything_changes() {
    VirtualService good = VirtualService.tcp(Sockets.freeAddress()).name("good").build();
    VirtualService bad = VirtualService.udp("127.0.0.1", 53).name("bad").build();
    assertThatThrownBy(() -> transport.apply(List.of(carried(good), carried(bad))))
        .isInstanceOf(UnsupportedServiceException.class)
        .hasMessage("virtual service 'bad': udp (expected: tcp)");
    transport.close();
  }

  @Test
  void options_have_limits() {
    assertThatThrownBy(() -> TcpTransport.builder().maxConnections(0))
        .hasMessage("tcp: max connections 0 (expected: 1 to 10000000)");
    assertThatThrownBy(() -> TcpTransport.builder().eventLoopThreads(0))
        .hasMessageContaining("event loop threads 0");
    assertThatThrownBy(() -> TcpTransport.builder().backlog(0)).hasMessageContaining("backlog 0");
  }

  private static Assignment carried(VirtualService service) {
    return new Assignment(service, LoadBalancer.of(service));
  }

  private static VirtualAddress ports(int first, int last) {
    return new VirtualAddress.Endpoint(
        Protocol.TCP, SocketAddresses.parseIp("192.0.2.1"), new PortRange(first, last));
  }

  private @org.jspecify.annotations.Nullable String objection(VirtualService.Builder service) {
    return transport.objection(service.build()).orElse(null);
  }
}

package io.jvs.transport.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import java.time.Duration;
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

  @Test
  void what_is_not_carried_says_why_and_the_way_out() {
    assertThat(objection(VirtualService.udp("192.0.2.1", 53))).isEqualTo("udp (expected: tcp)");
    assertThat(objection(VirtualService.at(VirtualAddress.firewallMark(7, AddressFamily.IPV4))))
        .isEqualTo(
            "'fwmark 7 IPv4' is no address to listen on (expected: a TCP address and port;"
                + " firewall marks need the kernel)");
    assertThat(
            objection(
                VirtualService.tcp("192.0.2.1", 0)
                    .persistence(new Persistence.SourceNetwork(Duration.ofMinutes(5), 32, 128))))
        .isEqualTo(
            "all ports (expected: a port, or a range of up to 1000; all ports need the kernel)");
    assertThat(objection(VirtualService.at(ports(8000, 9000))))
        .isEqualTo(
            "1001 ports (expected: up to 1000, since each is a listening socket; larger ranges"
                + " need the kernel)");
    assertThat(
            objection(
                VirtualService.tcp("192.0.2.1", 80)
                    .persistence(Persistence.applicationKey(Duration.ofMinutes(5)))))
        .isEqualTo(
            "persistence by application key without first bytes to find it in (expected: by source"
                + " or source port, or TcpOptions.firstBytes)");
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

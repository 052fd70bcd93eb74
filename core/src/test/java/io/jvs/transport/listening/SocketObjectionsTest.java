package io.jvs.transport.listening;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.model.AddressFamily;
import io.jvs.model.Persistence;
import io.jvs.model.PortRange;
import io.jvs.model.Protocol;
import io.jvs.model.RealServer;
import io.jvs.model.SocketAddresses;
import io.jvs.model.VirtualAddress;
import io.jvs.model.VirtualService;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class SocketObjectionsTest {
  private static final int MOST = 1000;

  @ParameterizedTest
  @EnumSource(names = {"TCP", "UDP"})
  void where_no_socket_could_listen_is_said_with_the_way_out(Protocol protocol) {
    String tproxy =
        protocol
            + ".listening with transparent and port, for TPROXY of the firewall to send them to; or"
            + " the kernel)";
    assertThat(plain(protocol, VirtualService.at(other(protocol))))
        .isEqualTo((protocol == Protocol.TCP ? "udp" : "tcp") + " (expected: " + protocol + ")");
    assertThat(plain(protocol, marked(AddressFamily.IPV4)))
        .isEqualTo(
            "'fwmark 7 IPv4' is no address to listen on (expected: a "
                + protocol.name()
                + " address and port, or "
                + tproxy);
    assertThat(plain(protocol, allPorts(protocol)))
        .isEqualTo("all ports (expected: a port, or a range of up to 1000, or " + tproxy);
    assertThat(plain(protocol, ports(protocol, 8000, 9000)))
        .isEqualTo(
            "1001 ports (expected: up to 1000, since each is a listening socket, or " + tproxy);
    assertThat(plain(protocol, ports(protocol, 8000, 8999))).isNull();
  }

  @ParameterizedTest
  @EnumSource(names = {"TCP", "UDP"})
  void tproxy_carries_what_no_socket_could_listen_at(Protocol protocol) {
    for (VirtualService.Builder service :
        List.of(allPorts(protocol), ports(protocol, 1, 65_535), marked(AddressFamily.IPV6))) {
      assertThat(to(protocol, service, false, 50_080, false)).isNull();
    }
    assertThat(to(protocol, VirtualService.at(other(protocol)), false, 50_080, false))
        .endsWith(" (expected: " + protocol + ")");
  }

  @ParameterizedTest
  @EnumSource(names = {"TCP", "UDP"})
  void dual_is_for_the_wildcard_address_of_ipv6(Protocol protocol) {
    assertThat(to(protocol, at(protocol, "::"), true, 0, false)).isNull();
    for (String address : List.of("0.0.0.0", "2001:db8::1", "192.0.2.1")) {
      assertThat(to(protocol, at(protocol, address), true, 0, false))
          .startsWith("listening.dual at " + protocol + " ")
          .contains("(expected: the wildcard address of IPv6, such as " + protocol + " [::]:");
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"TCP", "UDP"})
  void the_clients_address_is_for_one_family(Protocol protocol) {
    assertThat(to(protocol, at(protocol, "2001:db8::1").realServer("10.0.0.1:80"), false, 0, true))
        .isEqualTo(
            "real server 10.0.0.1:80: outgoing.clientAddress from IPv6 to IPv4 (expected: one"
                + " family, or the PROXY protocol to tell the address)");
    RealServer six = RealServer.of("[2001:db8::2]:80");
    assertThat(to(protocol, at(protocol, "192.0.2.1").fallback(six), false, 0, true))
        .contains("from IPv4 to IPv6");
    assertThat(
            to(
                protocol,
                at(protocol, "192.0.2.1").realServer("10.0.0.1:80").realServer("db.test:80"),
                false,
                0,
                true))
        .as("names show it later")
        .isNull();
    assertThat(to(protocol, at(protocol, "::").realServer("10.0.0.1:80"), true, 0, true))
        .as("clients show it later")
        .isNull();
  }

  private static VirtualService.Builder marked(AddressFamily family) {
    return VirtualService.at(VirtualAddress.firewallMark(7, family));
  }

  private static VirtualService.Builder at(Protocol protocol, String ip) {
    return VirtualService.at(endpoint(protocol, ip, 80, 80));
  }

  private static VirtualService.Builder ports(Protocol protocol, int first, int last) {
    return VirtualService.at(endpoint(protocol, "192.0.2.1", first, last));
  }

  private static VirtualService.Builder allPorts(Protocol protocol) {
    return ports(protocol, 0, 0)
        .persistence(new Persistence.SourceNetwork(Duration.ofMinutes(5), 32, 128));
  }

  private static VirtualAddress other(Protocol protocol) {
    Protocol other = protocol == Protocol.TCP ? Protocol.UDP : Protocol.TCP;
    return endpoint(other, "192.0.2.1", 80, 80);
  }

  private static VirtualAddress endpoint(Protocol protocol, String ip, int first, int last) {
    return new VirtualAddress.Endpoint(
        protocol, SocketAddresses.parseIp(ip), new PortRange(first, last));
  }

  private static @Nullable String plain(Protocol protocol, VirtualService.Builder service) {
    return to(protocol, service, false, 0, false);
  }

  private static @Nullable String to(
      Protocol protocol,
      VirtualService.Builder service,
      boolean dual,
      int port,
      boolean clientAddress) {
    return SocketObjections.to(
        new ServiceSockets(service.build(), protocol, dual, port, clientAddress), MOST);
  }
}

package io.jvs.transport.udp;

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
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class ObjectionTest {
  private final UdpTransport transport = UdpTransport.builder().engine(UdpEngine.EPOLL).build();

  @Test
  void what_is_not_carried_says_why_and_the_way_out() {
    assertThat(objection(VirtualService.tcp("192.0.2.1", 80))).isEqualTo("tcp (expected: udp)");
    assertThat(objection(VirtualService.at(VirtualAddress.firewallMark(7, AddressFamily.IPV4))))
        .isEqualTo(
            "'fwmark 7 IPv4' is no address to listen on (expected: a UDP address and port, or"
                + " udp.listening with transparent and port, for TPROXY of the firewall to send"
                + " them to; or the kernel)");
    assertThat(objection(allPorts()))
        .isEqualTo(
            "all ports (expected: a port, or a range of up to 1000, or udp.listening with"
                + " transparent and port, for TPROXY of the firewall to send them to; or the"
                + " kernel)");
    assertThat(objection(VirtualService.at(ports(8000, 9000))))
        .isEqualTo(
            "1001 ports (expected: up to 1000, since each is a listening socket, or udp.listening"
                + " with transparent and port, for TPROXY of the firewall to send them to; or the"
                + " kernel)");
  }

  @Test
  void tproxy_carries_what_no_socket_could_listen_at() {
    UdpOptions tproxy = listening(false, true, 50_080);
    assertThat(objection(allPorts().transportOptions(tproxy))).isNull();
    assertThat(objection(VirtualService.at(ports(1, 65_535)).transportOptions(tproxy))).isNull();
    assertThat(
            objection(
                VirtualService.at(VirtualAddress.firewallMark(7, AddressFamily.IPV6))
                    .transportOptions(tproxy)))
        .isNull();
  }

  @Test
  void dual_is_for_the_wildcard_address_of_ipv6() {
    UdpOptions dual = listening(true, false, 0);
    assertThat(objection(udp("::").transportOptions(dual))).isNull();
    for (String address : List.of("0.0.0.0", "2001:db8::1", "192.0.2.1")) {
      assertThat(objection(udp(address).transportOptions(dual)))
          .startsWith("listening.dual at udp ")
          .endsWith("(expected: the wildcard address of IPv6, such as udp [::]:53)");
    }
  }

  @Test
  void the_clients_address_is_for_one_family() {
    UdpOptions transparent =
        UdpOptions.DEFAULT.withOutgoing(new UdpOptions.Outgoing(List.of(), true));
    assertThat(
            objection(udp("2001:db8::1").realServer("10.0.0.1:53").transportOptions(transparent)))
        .isEqualTo(
            "real server 10.0.0.1:53: outgoing.clientAddress from IPv6 to IPv4 (expected: one"
                + " family, or the PROXY protocol to tell the address)");
    assertThat(
            objection(
                udp("192.0.2.1")
                    .fallback(RealServer.of("[2001:db8::2]:53"))
                    .transportOptions(transparent)))
        .contains("from IPv4 to IPv6");
    assertThat(
            objection(
                udp("::")
                    .realServer("10.0.0.1:53")
                    .transportOptions(
                        transparent.withListening(
                            new UdpOptions.Listening(null, true, 0, false, 0)))))
        .as("it shows with each flow")
        .isNull();
  }

  @Test
  void the_portable_engine_says_what_it_has_not() {
    UdpTransport nio = UdpTransport.builder().engine(UdpEngine.NIO).build();
    UdpOptions options =
        UdpOptions.DEFAULT
            .withListening(new UdpOptions.Listening("eth0", false, 9, true, 0))
            .withOutgoing(new UdpOptions.Outgoing(List.of(), true))
            .withPassTos(true)
            .withPassTtl(true);
    assertThat(nio.objection(udp("192.0.2.1").transportOptions(options).build()))
        .hasValue(
            "listening.device, listening.transparent, outgoing.clientAddress, passTos, passTtl:"
                + " not with engine nio, which has what the JDK has (expected: engine epoll, on"
                + " Linux, or to leave it out)");
    nio.close();
  }

  @Test
  void services_that_would_listen_at_the_same_place_are_refused() {
    VirtualService one = redirected("one", 7, 50_080);
    VirtualService two = redirected("two", 8, 50_080);
    VirtualService other = redirected("other", 8, 50_081);
    VirtualService plain = VirtualService.udp("192.0.2.1", 50_081).name("plain").build();
    VirtualService six = VirtualService.udp("2001:db8::1", 50_081).name("six").build();
    VirtualService dual =
        VirtualService.udp("::", 50_081)
            .name("dual")
            .transportOptions(listening(true, false, 0))
            .build();
    assertThat(UdpTransport.meeting(one, two))
        .hasValue(
            "udp 0.0.0.0:50080 meets udp 0.0.0.0:50080 of 'two', and nobody could tell whose"
                + " clients come in (expected: another port for one of them)");
    assertThat(UdpTransport.meeting(one, other)).isEmpty();
    assertThat(UdpTransport.meeting(plain, other)).isNotEmpty();
    assertThat(UdpTransport.meeting(plain, dual)).isNotEmpty();
    assertThat(UdpTransport.meeting(six, other)).isEmpty();
    assertThat(UdpTransport.meeting(plain, plain)).as("as core sees by itself").isEmpty();
  }

  private static VirtualService redirected(String name, long mark, int port) {
    return VirtualService.at(VirtualAddress.firewallMark(mark, AddressFamily.IPV4))
        .name(name)
        .transportOptions(listening(false, true, port))
        .build();
  }

  private static UdpOptions listening(boolean dual, boolean transparent, int port) {
    return UdpOptions.DEFAULT.withListening(
        new UdpOptions.Listening(null, dual, 0, transparent, port));
  }

  private static VirtualService.Builder udp(String ip) {
    return VirtualService.udp(ip, 53);
  }

  private static VirtualService.Builder allPorts() {
    return VirtualService.udp("192.0.2.1", 0)
        .persistence(new Persistence.SourceNetwork(Duration.ofMinutes(5), 32, 128));
  }

  private static VirtualAddress ports(int first, int last) {
    return new VirtualAddress.Endpoint(
        Protocol.UDP, SocketAddresses.parseIp("192.0.2.1"), new PortRange(first, last));
  }

  private @Nullable String objection(VirtualService.Builder service) {
    return transport.objection(service.build()).orElse(null);
  }
}

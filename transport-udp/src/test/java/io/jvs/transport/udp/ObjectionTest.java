package io.jvs.transport.udp;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.model.AddressFamily;
import io.jvs.model.PortRange;
import io.jvs.model.Protocol;
import io.jvs.model.SocketAddresses;
import io.jvs.model.VirtualAddress;
import io.jvs.model.VirtualService;
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
        .startsWith("'fwmark 7 IPv4' is no address to listen on (expected: a UDP address and port");
    PortRange many = new PortRange(8000, 9000);
    assertThat(
            objection(
                VirtualService.at(
                    new VirtualAddress.Endpoint(
                        Protocol.UDP, SocketAddresses.parseIp("192.0.2.1"), many))))
        .startsWith("1001 ports (expected: up to 1000, ");
  }

  @Test
  void a_server_of_some_link_is_named_with_its_device() {
    assertThat(objection(udp("2001:db8::1").realServer("[fe80::1]:53")))
        .isEqualTo(
            "real server [fe80::1]:53 is link-local (expected: with its network device, as in"
                + " [fe80::1%eth0]:53)");
    assertThat(objection(udp("2001:db8::1").realServer("[fe80::1%1]:53"))).isNull();
  }

  @Test
  void where_it_would_listen_and_who_servers_see_is_as_its_options_say() {
    VirtualService.Builder marked =
        VirtualService.at(VirtualAddress.firewallMark(7, AddressFamily.IPV6));
    assertThat(objection(marked.transportOptions(listening(false, true, 50_080)))).isNull();
    VirtualService.Builder six = udp("2001:db8::1").realServer("10.0.0.1:53");
    assertThat(objection(six.transportOptions(listening(true, false, 0))))
        .startsWith("listening.dual at udp ");
    UdpOptions.Outgoing transparent = new UdpOptions.Outgoing(List.of(), true);
    assertThat(objection(six.transportOptions(UdpOptions.DEFAULT.withOutgoing(transparent))))
        .startsWith("real server 10.0.0.1:53: outgoing.clientAddress from IPv6 to IPv4 ");
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
    VirtualService one = redirected("one", 50_080);
    assertThat(UdpTransport.meeting(one, redirected("two", 50_080)).orElse(null))
        .startsWith("udp 0.0.0.0:50080 meets udp 0.0.0.0:50080 of 'two', ");
    assertThat(UdpTransport.meeting(one, redirected("two", 50_081))).isEmpty();
  }

  private static VirtualService redirected(String name, int port) {
    return VirtualService.at(VirtualAddress.firewallMark(7, AddressFamily.IPV4))
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

  private @Nullable String objection(VirtualService.Builder service) {
    return transport.objection(service.build()).orElse(null);
  }
}

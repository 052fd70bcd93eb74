package io.jvs.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jvs.health.TcpConnect;
import io.jvs.model.Forwarding.TunnelChecksum;
import io.jvs.model.Forwarding.TunnelType;
import java.time.Duration;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class VirtualServiceTest {
  private static VirtualService.Builder web() {
    return VirtualService.tcp("192.0.2.10", 80)
        .name("web")
        .scheduler("wrr")
        .persistence(Persistence.sourceAddress(Duration.ofMinutes(5)))
        .realServer("10.0.0.1:8080", 3)
        .realServer("10.0.0.2:8080");
  }

  @Test
  void equal_parts_make_equal_services() {
    assertThat(web().build()).isEqualTo(web().build()).hasSameHashCodeAs(web().build());
    assertThat(web().attempts(2).build()).isNotEqualTo(web().build());
  }

  @Test
  void as_text_it_reads_like_a_line_of_ipvsadm() {
    assertThat(web().build())
        .hasToString(
            "web (tcp 192.0.2.10:80) wrr, persistent 300 s, real servers"
                + " [10.0.0.1:8080 weight 3 NAT, 10.0.0.2:8080 weight 1 NAT]");
  }

  @Test
  void zone_and_subset_are_told_if_there_are_any() {
    assertThat(web().preferZone("a").subset("edge-1", 20).build().toString())
        .startsWith(
            "web (tcp 192.0.2.10:80) wrr, persistent 300 s, prefers zone a, subset of 20 for edge-1,"
                + " real servers [");
  }

  @Test
  void without_a_name_it_is_known_by_its_address() {
    assertThat(VirtualService.tcp("2001:db8::1", 443).build().name())
        .isEqualTo("tcp [2001:db8::1]:443");
  }

  @Test
  void a_builder_made_from_a_service_makes_the_same_service() {
    VirtualService service =
        web()
            .fallback(RealServer.of("10.0.0.9:80"))
            .preferZone("a")
            .subset("edge-1", 20)
            .health(TcpConnect.every(Duration.ofSeconds(2)))
            .timeouts(Timeouts.DEFAULT.withConnect(Duration.ofSeconds(1)))
            .weightCorrection(WeightCorrection.DEFAULT)
            .build();
    assertThat(service.toBuilder().build()).isEqualTo(service);
    VirtualService dns = VirtualService.udp("192.0.2.10", 53).onePacket(true).build();
    assertThat(dns.toBuilder().build()).isEqualTo(dns);
  }

  @Test
  void a_weight_can_be_changed_by_address() {
    VirtualService service = web().build();
    assertThat(service.withWeight(SocketAddresses.parse("10.0.0.2:8080"), 0).realServers().get(1))
        .hasToString("10.0.0.2:8080 weight 0 NAT");
    refused(
        () -> service.withWeight(SocketAddresses.parse("10.0.0.3:8080"), 0),
        "virtual service 'web': no real server 10.0.0.3:8080"
            + " (expected: one of [10.0.0.1:8080, 10.0.0.2:8080])");
  }

  @Test
  void all_ports_and_firewall_marks_are_addresses_too() {
    VirtualService all =
        VirtualService.tcp("192.0.2.10", 0)
            .persistence(Persistence.sourceAddress(Duration.ofSeconds(60)))
            .realServer("10.0.0.1:0")
            .build();
    assertThat(all.address()).hasToString("tcp 192.0.2.10:0");
    VirtualService marked =
        VirtualService.at(VirtualAddress.firewallMark(7, AddressFamily.IPV6)).build();
    assertThat(marked.name()).isEqualTo("fwmark 7 IPv6");
  }

  @Test
  void what_differs_from_the_default_stands_in_the_text() {
    assertThat(
            Persistence.sourcePort(Duration.ofMinutes(5))
                .withRules(new TemplateRules(5000, true, true)))
        .hasToString(
            "persistent 300 s, source port, at most 5000 templates, expire quiesced, expire down");
    assertThat(Persistence.applicationKey(Duration.ofMinutes(5)))
        .hasToString("persistent 300 s, application key");
    assertThat(new Persistence.SourceNetwork(Duration.ofMinutes(5), 24, 64))
        .hasToString("persistent 300 s, source /24 /64");
    assertThat(
            VirtualService.udp("192.0.2.10", 53)
                .onePacket(true)
                .weightCorrection(WeightCorrection.DEFAULT)
                .build())
        .hasToString(
            "udp 192.0.2.10:53 wlc, one-packet, weights corrected from 75 % of the limit to 10 % in"
                + " 5 steps, real servers []");
  }

  @Test
  void one_packet_scheduling_is_for_datagrams() {
    VirtualService marked =
        VirtualService.at(VirtualAddress.firewallMark(7, AddressFamily.IPV4))
            .onePacket(true)
            .build();
    assertThat(marked.isOnePacket(Protocol.UDP)).isTrue();
    assertThat(marked.isOnePacket(Protocol.TCP)).isFalse();
    assertThat(VirtualService.udp("192.0.2.10", 53).build().isOnePacket(Protocol.UDP)).isFalse();
    refused(
        () -> web().onePacket(true).build(),
        "virtual service 'web': one-packet scheduling of tcp 192.0.2.10:80 (expected: a UDP service"
            + " or a firewall mark; the packets of other protocols belong to connections)");
    refused(
        () -> VirtualService.inProcess("calls").onePacket(true).build(),
        "virtual service 'calls': one-packet scheduling of in-process (expected: a UDP service or a"
            + " firewall mark; the packets of other protocols belong to connections)");
  }

  @Test
  void wrong_definitions_are_refused_with_the_way_out() {
    refused(
        () -> web().realServer("10.0.0.1:8080").build(),
        "virtual service 'web': real server 10.0.0.1:8080 is listed twice; raise its weight"
            + " instead");
    refused(
        () -> web().name(" web").build(),
        "virtual service name ' web' (expected: 1 to 100 printable ASCII characters, no blank at"
            + " either end)");
    refused(
        () -> web().attempts(0).build(), "virtual service 'web': attempts 0 (expected: 1 to 100)");
    refused(
        () -> VirtualService.tcp("192.0.2.10", 0).name("all").build(),
        "virtual service 'all': tcp 192.0.2.10:0 takes all ports without persistence (expected:"
            + " persistence, so that the connections of a client stay together, or one port)");
    refused(
        () -> web().realServer("10.0.0.3:0").build(),
        "virtual service 'web': real server 10.0.0.3:0: port 0 (expected: 1 to 65535; 0 keeps the"
            + " client's port and is for services of several ports or a firewall mark)");
    refused(
        () -> web().fallback(RealServer.of("10.0.0.1:8080")).build(),
        "virtual service 'web': fallback 10.0.0.1:8080 is a real server of the service too"
            + " (expected: one that is not)");
    refused(
        () -> web().realServer("192.0.2.10:80").build(),
        "virtual service 'web': real server 192.0.2.10:80 is the virtual address itself, so"
            + " connections would go round in circles (expected: another address or port)");
    refused(
        () -> VirtualAddress.of(Protocol.TCP, SocketAddresses.parse("vip.example:80")),
        "virtual address 'vip.example:80' is a host name (expected: an IP address; resolve it"
            + " first)");
    refused(
        () -> VirtualAddress.firewallMark(0, AddressFamily.IPV4),
        "firewall mark 0 (expected: 1 to 4294967295)");
    refused(
        () -> new PortRange(90, 80),
        "ports 90-80 (expected: 1 to 65535, the lower one first, or 0)");
  }

  @Test
  void wrong_real_servers_are_refused_with_the_way_out() {
    refused(
        () -> RealServer.of("10.0.0.1:80").withWeight(65_536),
        "real server 10.0.0.1:80: weight 65536 (expected: 0 to 65535; 0 quiesces it)");
    refused(
        () -> RealServer.of("0.0.0.0:80"),
        "real server 0.0.0.0:80: wildcard or multicast address (expected: the address of one"
            + " machine)");
    refused(
        () -> new ConnectionLimits(10, 11),
        "connection limits upper 10, lower 11 (expected: lower at most upper; without an upper limit"
            + " leave lower out)");
    refused(
        () -> new ConnectionLimits(-1, 0),
        "connection limits upper -1, lower 0 (expected: 0 to 2147483647, 0 for none)");
    refused(
        () -> Forwarding.gue(0, TunnelChecksum.NONE),
        "tunnel GUE: port 0 (expected: 1 to 65535 for GUE, 0 for IPIP and GRE, which have none)");
    refused(
        () -> new Forwarding.Tunnel(TunnelType.IPIP, 0, TunnelChecksum.CSUM),
        "tunnel IPIP: checksum CSUM (expected: NONE for IPIP; NONE or CSUM for GRE; any for GUE)");
  }

  @Test
  void wrong_parts_are_refused_with_the_way_out() {
    refused(
        () -> SchedulerSpec.of("WLC"),
        "scheduler 'WLC' (expected: at most 15 lower-case letters, digits and hyphens, such as"
            + " 'wlc')");
    refused(
        () -> Persistence.sourceAddress(Duration.ofMillis(1500)),
        "persistence timeout 1500ms (expected: whole seconds, 1 s to 31 days)");
    refused(
        () -> new Persistence.SourceNetwork(Duration.ofSeconds(1), 33, 128),
        "persistence IPv4 prefix length 33 (expected: 1 to 32)");
    refused(
        () -> new Persistence.SourceNetwork(Duration.ofSeconds(1), 32, 0),
        "persistence IPv6 prefix length 0 (expected: 1 to 128)");
    refused(
        () -> Persistence.sourcePort(Duration.ofDays(32)),
        "persistence timeout 32d (expected: whole seconds, 1 s to 31 days)");
    refused(
        () -> Persistence.applicationKey(Duration.ZERO),
        "persistence timeout 0s (expected: whole seconds, 1 s to 31 days)");
    refused(
        () -> TemplateRules.DEFAULT.withMaximum(0),
        "persistence: at most 0 templates (expected: 1 to 100000000)");
    refused(
        () -> new WeightCorrection(100, 10, 5), "weight correction start 100 (expected: 1 to 99)");
    refused(
        () -> new WeightCorrection(75, 0, 5), "weight correction minimum 0 (expected: 1 to 99)");
    refused(
        () -> new WeightCorrection(75, 10, 101),
        "weight correction steps 101 (expected: 1 to 100)");
    refused(
        () -> Timeouts.DEFAULT.withConnect(Duration.ZERO),
        "timeout connect 0s (expected: 1 ms to 31 days)");
    refused(
        () -> TcpConnect.every(Duration.ofMillis(1)),
        "health interval 1ms (expected: 100 ms to 1 day)");
    refused(
        () -> CheckTiming.DEFAULT.every(Duration.ofSeconds(1)).timeout(Duration.ofSeconds(2)),
        "health timeout 2s (expected: more than 0, at most the interval, 1s)");
    refused(() -> CheckTiming.DEFAULT.rise(0), "health rise 0 (expected: 1 to 100)");
    refused(() -> CheckTiming.DEFAULT.fall(101), "health fall 101 (expected: 1 to 100)");
    refused(
        () -> CheckTiming.DEFAULT.whileFailing(Duration.ofDays(2)),
        "health interval while failing 2d (expected: 100 ms to 1 day)");
    refused(
        () -> CheckTiming.DEFAULT.jitterPercent(51),
        "health jitter 51 % (expected: 0 to 50 % of the interval)");
    refused(
        () -> HealthDeclaration.atLeast(2, CheckDeclaration.of(new TcpConnect())),
        "health: 2 checks needed (expected: 1 to 1, the number of checks)");
    refused(() -> HealthDeclaration.all(), "health: 0 checks (expected: 1 to 16)");
    refused(
        () -> new CheckTarget(" ", 0, null),
        "check target host ' ' (expected: an IP address or a host name)");
    refused(
        () -> Failover.DEFAULT.quorum(-1, 0),
        "quorum -1 (expected: 0 for none, or a sum of weights)");
    refused(
        () -> Failover.DEFAULT.quorum(3, 3),
        "quorum hysteresis 3 (expected: 0 to 2, less than the quorum)");
    refused(
        () -> Failover.DEFAULT.panicPercent(101),
        "panic threshold 101 % (expected: 0 to 100 %; 0 for never)");
    refused(
        () -> SlowStart.over(Duration.ZERO), "slow start window 0s (expected: 100 ms to 1 day)");
    refused(
        () -> new SlowStart(Duration.ofSeconds(1), 0, 10),
        "slow start aggression 0.0 (expected: 0.1 to 10; 1 for a straight line)");
    refused(
        () -> new SlowStart(Duration.ofSeconds(1), 1, 0),
        "slow start minimum 0 % (expected: 1 to 100 %)");
    refused(() -> AgentDeclaration.port(0), "agent port 0 (expected: 1 to 65535)");
    refused(
        () -> CheckTarget.port(70_000),
        "check target port 70000 (expected: 1 to 65535, or 0 for the server's)");
    refused(
        () -> CheckTarget.SERVER.withProxyVersion(3),
        "check target PROXY version 3 (expected: 1 or 2, or 0 for none)");
  }

  @Test
  void a_server_as_text_says_what_differs_from_the_default() {
    RealServer server =
        RealServer.of("[2001:db8::5]:80")
            .withWeight(7)
            .withForwarding(Forwarding.gue(6080, TunnelChecksum.REMCSUM))
            .withLimits(new ConnectionLimits(100, 80))
            .withMetadata(Map.of("zone", "b", "rack", "4"));
    assertThat(server)
        .hasToString(
            "[2001:db8::5]:80 weight 7 TUN(GUE port 6080 REMCSUM) upper 100, lower 80"
                + " {rack=4, zone=b}");
  }

  @Test
  void addresses_overlap_where_a_packet_could_belong_to_both() {
    VirtualAddress.Endpoint one = VirtualAddress.tcp("192.0.2.1", 80);
    assertThat(one.overlaps(VirtualAddress.tcp("192.0.2.1", 80))).isTrue();
    assertThat(one.overlaps(VirtualAddress.tcp("0.0.0.0", 80))).isTrue();
    assertThat(one.overlaps(VirtualAddress.tcp("::", 80))).isFalse();
    assertThat(one.overlaps(VirtualAddress.tcp("192.0.2.1", 81))).isFalse();
    assertThat(one.overlaps(VirtualAddress.udp("192.0.2.1", 80))).isFalse();
    assertThat(
            one.overlaps(
                new VirtualAddress.Endpoint(
                    Protocol.TCP, SocketAddresses.parseIp("192.0.2.1"), new PortRange(70, 90))))
        .isTrue();
  }

  private static void refused(ThrowingCallable definition, String message) {
    assertThatThrownBy(definition).isInstanceOf(IllegalArgumentException.class).hasMessage(message);
  }
}

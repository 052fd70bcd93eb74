package io.jvs.kernel.ipvs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jvs.model.AccessList;
import io.jvs.model.AddressFamily;
import io.jvs.model.ConnectionLimits;
import io.jvs.model.Failover;
import io.jvs.model.Forwarding;
import io.jvs.model.Network;
import io.jvs.model.Persistence;
import io.jvs.model.PortRange;
import io.jvs.model.Protocol;
import io.jvs.model.RealServer;
import io.jvs.model.ServiceLimits;
import io.jvs.model.SocketAddresses;
import io.jvs.model.TemplateRules;
import io.jvs.model.Timeouts;
import io.jvs.model.TransportOptions;
import io.jvs.model.VirtualAddress;
import io.jvs.model.VirtualService;
import io.jvs.transport.UnsupportedServiceException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class ObjectionsTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "rr", "wrr", "lc", "wlc", "sed", "nq", "fo", "ovf", "sh", "dh", "mh", "lblc", "lblcr",
        "twos", "swrr", "p2c"
      })
  void these_policies_are_carried(String scheduler) {
    assertThat(objection(web().scheduler(scheduler))).isNull();
  }

  @ParameterizedTest
  @CsvSource({"swrr, wrr", "p2c, wlc", "wlc, wlc"})
  void under_these_names(String ours, String kernels) {
    VirtualService service = web().scheduler(ours).build();

    assertThat(Translation.service(service, Translation.keys(service).get(0)).scheduler())
        .isEqualTo(kernels);
  }

  @ParameterizedTest
  @CsvSource({
    "ewma, use wlc",
    "wlib, use wlc",
    "my-own, 'use one of [dh, fo, lblc, lblcr, lc, mh, nq, ovf, p2c, rr, sed, sh, swrr, twos, wlc,"
        + " wrr] or a userspace transport'"
  })
  void others_are_refused_with_the_way_out(String scheduler, String wayOut) {
    assertThat(objection(web().scheduler(scheduler)))
        .startsWith("the kernel has no scheduler '" + scheduler + "'")
        .contains(wayOut);
  }

  @Test
  void flags_of_other_schedulers() {
    assertThat(objection(web().scheduler("mh", "mh-port", "mh-fallback"))).isNull();
    assertThat(objection(web().scheduler("mh", "sh-port")))
        .isEqualTo(
            "the kernel's scheduler 'mh' has no flag 'sh-port' (expected: some of [mh-fallback,"
                + " mh-port])");
  }

  @Test
  void addresses_that_no_packet_has() {
    assertThat(objection(VirtualService.inProcess("calls").realServer("10.0.0.1:80")))
        .contains("no address");
    assertThat(objection(at("0.0.0.0", PortRange.of(80)))).contains("firewall mark");
    assertThat(objection(at("224.0.0.5", PortRange.of(80)))).contains("unicast");
    assertThat(objection(at("255.255.255.255", PortRange.of(80)))).contains("unicast");
  }

  @Test
  void ranges_of_ports() {
    PortRange some = new PortRange(8000, 8999);
    assertThat(objection(at("192.0.2.1", some))).isNull();
    assertThat(objection(at("192.0.2.1", new PortRange(8000, 9000))))
        .contains("1001 ports", "1000 are carried at most", "firewall mark");
    assertThat(objection(at("192.0.2.1", some).persistence(Persistence.sourceAddress(MINUTE))))
        .contains("remember its clients by itself", "firewall mark");
    assertThat(
            objection(
                at("192.0.2.1", some)
                    .realServer(RealServer.of("10.0.0.2:80").withLimits(ConnectionLimits.upTo(5)))))
        .contains("its limit of 5 would hold 1000 times");
  }

  @Test
  void persistence_that_the_kernel_has_not() {
    assertThat(objection(web().persistence(Persistence.sourceAddress(MINUTE)))).isNull();
    assertThat(objection(web().persistence(Persistence.sourcePort(MINUTE))))
        .contains("not by address and port", "userspace transport");
    assertThat(objection(web().persistence(Persistence.applicationKey(MINUTE))))
        .contains("application's key");
    assertThat(objection(rules(TemplateRules.DEFAULT.withMaximum(10)))).contains("it was 10");
    assertThat(objection(rules(TemplateRules.DEFAULT.withExpireQuiesced(true))))
        .contains("sysctl -w net.ipv4.vs.expire_quiescent_template=1");
    assertThat(objection(rules(TemplateRules.DEFAULT.withExpireDown(true))))
        .contains("leave it out");
  }

  @Test
  void timeouts_of_less_than_a_second() {
    Timeouts odd = new Timeouts(MINUTE, MINUTE, Duration.ofMillis(1500), MINUTE);
    assertThat(objection(web().timeouts(odd))).contains("whole seconds", "1500ms");
  }

  @Test
  void what_the_firewall_and_proxies_do() {
    AccessList access = new AccessList(List.of(), List.of(Network.parse("10.0.0.0/8")));
    assertThat(objection(web().access(access))).contains("not [10.0.0.0/8]", "firewall");
    assertThat(objection(web().limits(new ServiceLimits(0, 5, null, null, null))))
        .contains("perClient 5", "userspace transport");
    assertThat(objection(web().transportOptions(new OfAnother()))).contains("OfAnother", "none");
  }

  private record OfAnother() implements TransportOptions {}

  @Test
  void zones_and_resets() {
    assertThat(objection(web().preferZone("a"))).contains("no zones", "'a'");
    assertThat(
            objection(
                web()
                    .failover(
                        Failover.DEFAULT
                            .resetConnections(true)
                            .whenDown(Failover.WhenDown.QUIESCE))))
        .contains("cannot reset", "expire_nodest_conn");
    assertThat(objection(web().failover(Failover.DEFAULT.resetConnections(true)))).isNull();
  }

  @Test
  void real_servers_that_no_packet_would_reach() {
    assertThat(objection(server("10.0.0.9:81", Forwarding.DR)))
        .isEqualTo(
            "real server 10.0.0.9:81: with DR packets keep the port 80 (give it port 80, or use"
                + " NAT)");
    assertThat(objection(server("10.0.0.9:80", Forwarding.DR))).isNull();
    assertThat(objection(server("[fd00::1]:80", Forwarding.NAT)))
        .contains("its clients speak IPv4", "use TUN, or an IPv4 address");
    assertThat(objection(server("[fd00::1]:80", Forwarding.TUN))).isNull();
    assertThat(Objections.to(server("[fd00::1]:80", Forwarding.TUN).build(), true))
        .contains("no sync daemon");
    assertThat(objection(server("255.255.255.255:80", Forwarding.NAT))).contains("broadcast");
    assertThat(
            objection(
                VirtualService.tcp("2001:db8::1", 80).realServer(RealServer.of("[fe80::1]:80"))))
        .contains("link-local");
    assertThat(
            objection(
                web()
                    .realServer(
                        RealServer.of(InetSocketAddress.createUnresolved("host.example", 80)))))
        .contains("host.example:80 is a host name");
    assertThat(
            objection(web().fallback(RealServer.of("10.0.0.9:81").withForwarding(Forwarding.TUN))))
        .contains("real server 10.0.0.9:81");
    assertThat(
            objection(
                VirtualService.at(VirtualAddress.firewallMark(5, AddressFamily.IPV4))
                    .name("mark")
                    .realServer(RealServer.of("10.0.0.1:8080").withForwarding(Forwarding.DR))))
        .as("the operator knows what the mark is on")
        .isNull();
  }

  @Test
  void services_that_do_not_go_together() {
    Timeouts one = new Timeouts(MINUTE, MINUTE, MINUTE, MINUTE);
    Timeouts other = new Timeouts(MINUTE, Duration.ofHours(1), MINUTE, MINUTE);
    VirtualService web = web().timeouts(one).build();
    VirtualService more =
        VirtualService.tcp("192.0.2.1", 81).timeouts(other).realServer("10.0.0.1:81").build();

    assertThatThrownBy(() -> IpvsTransport.requireCarriable(List.of(web, more), false))
        .isInstanceOf(UnsupportedServiceException.class)
        .hasMessageContaining("one set of timeouts")
        .hasMessageContaining("tcp 1h");
    VirtualService range = at("192.0.2.1", new PortRange(79, 82)).name("range").build();
    assertThatThrownBy(() -> IpvsTransport.requireCarriable(List.of(web, range), false))
        .isInstanceOf(UnsupportedServiceException.class)
        .hasMessageContaining("both TCP 192.0.2.1:80");
    assertThatThrownBy(
            () ->
                IpvsTransport.requireCarriable(
                    List.of(web().scheduler("ewma").name("slow").build()), false))
        .isInstanceOf(UnsupportedServiceException.class)
        .hasMessageStartingWith("virtual service 'slow': the kernel has no scheduler 'ewma'");
  }

  private static @Nullable String objection(VirtualService.Builder service) {
    return Objections.to(service.build(), false);
  }

  private static VirtualService.Builder web() {
    return VirtualService.tcp("192.0.2.1", 80).realServer("10.0.0.1:8080");
  }

  private static VirtualService.Builder rules(TemplateRules rules) {
    return web().persistence(Persistence.sourceAddress(MINUTE).withRules(rules));
  }

  private static VirtualService.Builder server(String address, Forwarding forwarding) {
    return VirtualService.tcp("192.0.2.1", 80)
        .realServer(RealServer.of(address).withForwarding(forwarding));
  }

  private static VirtualService.Builder at(String ip, PortRange ports) {
    return VirtualService.at(
            new VirtualAddress.Endpoint(Protocol.TCP, SocketAddresses.parseIp(ip), ports))
        .realServer("10.0.0.1:80");
  }
}

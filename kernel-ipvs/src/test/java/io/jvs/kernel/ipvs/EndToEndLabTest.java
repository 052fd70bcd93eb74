package io.jvs.kernel.ipvs;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.director.Director;
import io.jvs.health.TcpConnect;
import io.jvs.lab.Answer;
import io.jvs.lab.InLab;
import io.jvs.lab.Topology;
import io.jvs.lab.Topology.Method;
import io.jvs.model.CheckTiming;
import io.jvs.model.Forwarding;
import io.jvs.model.HealthDeclaration;
import io.jvs.model.Protocol;
import io.jvs.model.RealServer;
import io.jvs.model.SocketAddresses;
import io.jvs.model.VirtualAddress;
import io.jvs.model.VirtualService;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Clients, this JVM as the director, and three real servers, each in a network of its own. */
@InLab
@DisplayNameGeneration(ReplaceUnderscores.class)
class EndToEndLabTest {
  @ParameterizedTest
  @EnumSource(Method.class)
  void every_real_server_gets_its_share_and_sees_the_client(Method method) throws Exception {
    try (Topology net = Topology.of(method).here().up();
        Director director = director();
        IpvsTable table = IpvsTable.open()) {
      List<Case> cases = new ArrayList<>();
      for (Protocol protocol : List.of(Protocol.TCP, Protocol.UDP)) {
        cases.add(new Case(method, protocol, false));
        cases.add(new Case(method, protocol, true));
      }
      director.apply(cases.stream().map(each -> each.service(net).build()).toList());
      for (Case each : cases) {
        List<Answer> answers = each.ask(net, 6);
        assertThat(answered(answers))
            .as("%s: two of six requests each", each)
            .containsExactly("s1 2", "s2 2", "s3 2");
        assertThat(answers)
            .as("%s: the client's own address", each)
            .extracting(Answer::client)
            .containsOnly(each.ipv6 ? net.address6("c1") : net.address("c1"));
        assertThat(answers)
            .as("%s: asked on its own address with NAT, else on the VIP", each)
            .allMatch(answer -> answer.asked().equals(each.vip()) == (method != Method.NAT));
      }
      for (Case each : cases) {
        each.assertReturnPath(table);
      }
    }
  }

  @Test
  void a_server_that_checks_find_dead_gets_nothing_new_until_it_is_back() throws Exception {
    Case web = new Case(Method.DR, Protocol.TCP, false);
    try (Topology net = Topology.of(Method.DR).withoutIpv6().here().up();
        Director director = director();
        IpvsTable table = IpvsTable.open()) {
      HealthDeclaration health =
          HealthDeclaration.of(
              new TcpConnect(),
              CheckTiming.DEFAULT.every(Duration.ofMillis(500)).timeout(Duration.ofMillis(500)));
      director.apply(List.of(web.service(net).health(health).build()));
      assertThat(answered(web.ask(net, 6))).containsExactly("s1 2", "s2 2", "s3 2");

      net.stopServer("s2");
      Patience.await("s2 is out of the table", () -> table.destinations(web.key()).size() == 2);
      assertThat(answered(web.ask(net, 6))).containsExactly("s1 3", "s3 3");

      net.startServer("s2");
      Patience.await("s2 is in the table again", () -> table.destinations(web.key()).size() == 3);
      assertThat(answered(web.ask(net, 6))).containsExactly("s1 2", "s2 2", "s3 2");
    }
  }

  /** As a director would be in production, but for a faster look at the kernel's counters. */
  private static Director director() {
    return Director.builder()
        .transport(IpvsTransport.builder().pollInterval(Duration.ofMillis(500)).build())
        .build();
  }

  /** How many answers of each server, in the order of their names. */
  private static List<String> answered(List<Answer> answers) {
    return answers.stream()
        .collect(
            Collectors.groupingBy(
                answer -> answer.server().orElse(answer.text()), Collectors.counting()))
        .entrySet()
        .stream()
        .map(each -> each.getKey() + " " + each.getValue())
        .sorted()
        .toList();
  }

  /** A virtual service of a topology. */
  private record Case(Method method, Protocol protocol, boolean ipv6) {
    String vip() {
      return ipv6 ? Topology.VIP6 : Topology.VIP;
    }

    ServiceKey key() {
      return new ServiceKey.Address(protocol.number(), SocketAddresses.parseIp(vip()), 80);
    }

    VirtualService.Builder service(Topology net) {
      Forwarding forwarding =
          switch (method) {
            case NAT -> Forwarding.NAT;
            case DR -> Forwarding.DR;
            case TUN -> Forwarding.TUN;
          };
      VirtualService.Builder service =
          VirtualService.at(
                  VirtualAddress.of(
                      protocol, new InetSocketAddress(SocketAddresses.parseIp(vip()), 80)))
              .name(protocol + (ipv6 ? "6" : "4"))
              .scheduler("rr");
      for (String name : List.of("s1", "s2", "s3")) {
        String ip = ipv6 ? net.address6(name) : net.address(name);
        service.realServer(
            RealServer.of(new InetSocketAddress(SocketAddresses.parseIp(ip), 80))
                .withForwarding(forwarding));
      }
      return service;
    }

    List<Answer> ask(Topology net, int count) {
      List<String> options = new ArrayList<>(List.of("--from", "c1"));
      if (protocol == Protocol.UDP) {
        options.add("--udp");
      }
      if (ipv6) {
        options.add("-6");
      }
      return net.ask(count, options.toArray(String[]::new));
    }

    /** The director sees answers with NAT, and with DR and TUN it does not. */
    void assertReturnPath(IpvsTable table) throws Exception {
      Patience.await(
          this + ": the kernel has brought its counters up to date",
          () -> traffic(table).connections() == 6);
      Traffic traffic = traffic(table);
      assertThat(traffic.inPackets()).as("%s: in", this).isGreaterThanOrEqualTo(6);
      if (method == Method.NAT) {
        assertThat(traffic.outPackets()).as("%s: out", this).isGreaterThanOrEqualTo(6);
      } else {
        assertThat(traffic.outPackets()).as("%s: out", this).isZero();
      }
    }

    private Traffic traffic(IpvsTable table) throws Exception {
      return Objects.requireNonNull(table.service(key()), toString()).traffic();
    }

    @Override
    public String toString() {
      return method + " " + protocol + (ipv6 ? " IPv6" : " IPv4");
    }
  }
}

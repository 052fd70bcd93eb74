package io.jvs.director;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jvs.balancing.Connection;
import io.jvs.balancing.FakeTicker;
import io.jvs.balancing.LoadBalancer;
import io.jvs.balancing.Refused;
import io.jvs.model.Flow;
import io.jvs.model.Protocol;
import io.jvs.model.SocketAddresses;
import io.jvs.model.VirtualAddress;
import io.jvs.model.VirtualService;
import io.jvs.scheduling.Schedulers;
import io.jvs.transport.Transport;
import io.jvs.transport.TransportException;
import io.jvs.transport.UnsupportedServiceException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DirectorTest {
  private final RecordingTransport tcp = new RecordingTransport("tcp", Protocol.TCP);
  private final RecordingTransport udp = new RecordingTransport("udp", Protocol.UDP);
  private final List<String> comings = new ArrayList<>();
  private final Director director =
      Director.builder()
          .transport(tcp)
          .transport(udp)
          .ticker(new FakeTicker())
          .listener(
              new DirectorListener() {
                @Override
                public void serviceStarted(LoadBalancer balancer) {
                  comings.add("+" + balancer.service().name());
                }

                @Override
                public void serviceStopped(LoadBalancer balancer) {
                  comings.add("-" + balancer.service().name());
                }
              })
          .build();

  private final VirtualService web =
      VirtualService.tcp("192.0.2.1", 80).name("web").realServer("10.0.0.1:80").build();
  private final VirtualService dns =
      VirtualService.udp("192.0.2.1", 53).name("dns").realServer("10.0.0.1:53").build();
  private final VirtualService db =
      VirtualService.inProcess("db").realServer("10.0.0.1:5432").build();

  @AfterEach
  void close() {
    director.close();
  }

  private LoadBalancer balancer(String name) {
    return director.balancer(name);
  }

  private void noBalancer(String name) {
    assertThatThrownBy(() -> director.balancer(name))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("no virtual service '" + name + "' (expected: one of [web])");
  }

  @Test
  void each_service_goes_to_the_transport_that_can_carry_it() {
    director.apply(List.of(web, dns, db));
    assertThat(tcp.carried).extracting(Transport.Assignment::service).containsExactly(web);
    assertThat(udp.carried).extracting(Transport.Assignment::service).containsExactly(dns);
    assertThat(director.balancers())
        .extracting(balancer -> balancer.service().name())
        .containsExactly("web", "dns", "db");
    assertThat(comings).containsExactly("+web", "+dns", "+db");
  }

  @Test
  void applying_the_same_again_changes_nothing() {
    director.apply(List.of(web, db));
    LoadBalancer before = balancer("web");
    Connection open = (Connection) balancer("db").admit(Flow.any());
    director.apply(List.of(web, db));
    assertThat(director.balancer("web")).isSameAs(before);
    assertThat(director.status().get(1).connections()).isEqualTo(1);
    assertThat(comings).containsExactly("+web", "+db");
    open.close();
  }

  @Test
  void a_changed_service_keeps_its_balancer_and_a_removed_one_admits_nothing_more() {
    director.apply(List.of(web, db));
    LoadBalancer webBalancer = balancer("web");
    LoadBalancer dbBalancer = balancer("db");
    VirtualService moved = web.toBuilder().address(VirtualAddress.tcp("192.0.2.2", 81)).build();
    director.apply(List.of(moved));
    assertThat(director.balancer("web")).isSameAs(webBalancer);
    assertThat(webBalancer.service()).isEqualTo(moved);
    noBalancer("db");
    assertThat(dbBalancer.admit(Flow.any())).isInstanceOf(Refused.class);
    assertThat(comings).containsExactly("+web", "+db", "-db");
  }

  @Test
  void a_definition_that_cannot_be_is_refused_before_anything_changes() {
    director.apply(List.of(web));
    refused(
        List.of(web, web.toBuilder().address(VirtualAddress.tcp("192.0.2.9", 80)).build()),
        "virtual service 'web' is defined twice (expected: different names)");
    refused(
        List.of(web, web.toBuilder().name("web2").build()),
        "virtual services 'web' and 'web2' are both at tcp 192.0.2.1:80 (expected: different"
            + " addresses or ports)");
    refused(
        List.of(dns, web.toBuilder().scheduler("wcl").build()),
        "virtual service 'web': unknown scheduler 'wcl' (expected: one of "
            + Schedulers.builtIn().names()
            + ")");
    VirtualService marked =
        VirtualService.at(VirtualAddress.firewallMark(7, io.jvs.model.AddressFamily.IPV4)).build();
    refused(
        List.of(dns, marked),
        "virtual service 'fwmark 7 IPv4' (fwmark 7 IPv4): no transport can carry it:"
            + " tcp: carries tcp only; udp: carries udp only");
    assertThat(director.balancers()).extracting(b -> b.service()).containsExactly(web);
    assertThat(tcp.applied).isEqualTo(1);
  }

  private void refused(List<VirtualService> desired, String message) {
    assertThatThrownBy(() -> director.apply(desired))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @Test
  void without_any_transport_only_in_process_services_work() {
    try (Director alone = Director.builder().build()) {
      alone.apply(List.of(db));
      assertThatThrownBy(() -> alone.apply(List.of(db, web)))
          .isInstanceOf(UnsupportedServiceException.class)
          .hasMessage(
              "virtual service 'web' (tcp 192.0.2.1:80): no transport can carry it: there is none"
                  + " (expected: one that carries such services)");
    }
  }

  @Test
  void if_one_transport_fails_all_is_as_before() {
    director.apply(List.of(web));
    udp.failure = new TransportException("udp 192.0.2.1:53: address in use", null);
    VirtualService heavier = web.withWeight(SocketAddresses.parse("10.0.0.1:80"), 9);
    assertThatThrownBy(() -> director.apply(List.of(heavier, dns))).isSameAs(udp.failure);
    assertThat(tcp.carried).extracting(Transport.Assignment::service).containsExactly(web);
    assertThat(balancer("web").service()).isEqualTo(web);
    noBalancer("dns");
    assertThat(comings).containsExactly("+web");
  }

  @Test
  void closing_drains_transports_and_calls_and_happens_once() {
    director.apply(List.of(web, db));
    LoadBalancer dbBalancer = balancer("db");
    director.close(Duration.ZERO);
    director.close(Duration.ZERO);
    assertThat(tcp.closed).isEqualTo(1);
    assertThat(dbBalancer.admit(Flow.any())).isInstanceOf(Refused.class);
    assertThat(comings).containsExactly("+web", "+db", "-web", "-db");
    assertThatThrownBy(() -> director.apply(List.of(web)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the director is closed");
  }

  @Test
  void closing_waits_for_calls_within_the_process() throws Exception {
    try (Director real = Director.builder().build()) {
      real.apply(List.of(db));
      LoadBalancer balancer = real.balancer("db");
      Connection open = (Connection) balancer.admit(Flow.any());
      Thread closer = new Thread(() -> real.close(Duration.ofMinutes(1)));
      closer.start();
      while (balancer.admit(Flow.any()) instanceof Connection early) {
        early.close();
      }
      assertThat(closer.isAlive()).isTrue();
      open.close();
      closer.join(20_000);
      assertThat(closer.isAlive()).isFalse();
    }
  }

  /** Carries nothing, and remembers what it was told. */
  private static final class RecordingTransport implements Transport {
    private final String name;
    private final Protocol protocol;
    private List<Assignment> carried = List.of();
    private int applied;
    private int closed;
    private @Nullable TransportException failure;

    RecordingTransport(String name, Protocol protocol) {
      this.name = name;
      this.protocol = protocol;
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public Optional<String> objection(VirtualService service) {
      return service.address() instanceof VirtualAddress.Endpoint endpoint
              && endpoint.protocol() == protocol
          ? Optional.empty()
          : Optional.of("carries " + protocol + " only");
    }

    @Override
    public void apply(List<Assignment> desired) {
      if (failure != null) {
        throw failure;
      }
      applied++;
      carried = List.copyOf(desired);
    }

    @Override
    public void close(Duration drain) {
      closed++;
    }
  }
}

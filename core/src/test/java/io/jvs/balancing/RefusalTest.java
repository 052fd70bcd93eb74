package io.jvs.balancing;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.balancing.Refused.Cause;
import io.jvs.model.ConnectionLimits;
import io.jvs.model.Flow;
import io.jvs.model.RealServer;
import io.jvs.model.VirtualService;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Refusals that are not about servers, and those that waiting may prevent. */
class RefusalTest {
  private static final RealServer ONE =
      RealServer.of("10.0.0.1:1").withLimits(new ConnectionLimits(1, 1));
  private static final RealServer TWO =
      RealServer.of("10.0.0.2:1").withLimits(new ConnectionLimits(1, 1));

  private final List<LoadBalancerEvent> events = new ArrayList<>();
  private final FakeTicker ticker = new FakeTicker();

  @Test
  void it_is_counted_and_told_with_its_detail() {
    LoadBalancer balancer = balancer(service());
    balancer.addListener(events::add);
    balancer.refuse(Cause.CLIENT_FULL, () -> "203.0.113.7 has 10 connections, its limit");
    assertThat(balancer.refused(Cause.CLIENT_FULL)).isEqualTo(1);
    assertThat(balancer.status().refused()).containsEntry(Cause.CLIENT_FULL, 1L);
    assertThat(events)
        .singleElement()
        .hasToString("web: refused (client-full): 203.0.113.7 has 10 connections, its limit");
  }

  @Test
  void nobody_is_asked_for_details_that_nobody_hears() {
    LoadBalancer balancer = balancer(service());
    AtomicInteger asked = new AtomicInteger();
    for (int i = 0; i < 100; i++) {
      balancer.refuse(Cause.TOO_FAST, () -> "number " + asked.incrementAndGet());
    }
    assertThat(asked).as("for the first line of the log").hasValue(1);
    ticker.advance(Duration.ofSeconds(11));
    balancer.refuse(Cause.TOO_FAST, () -> "number " + asked.incrementAndGet());
    assertThat(asked).as("for the next one").hasValue(2);
    assertThat(balancer.refused(Cause.TOO_FAST)).isEqualTo(101);
  }

  @Test
  void full_servers_are_waited_for_and_nothing_is_counted() {
    LoadBalancer balancer = balancer(service(ONE, TWO));
    Connection first = (Connection) balancer.admit(Flow.any());
    assertThat(balancer.admitUnlessFull(Flow.any(), null)).isInstanceOf(Connection.class);
    balancer.addListener(events::add);
    assertThat(balancer.admitUnlessFull(Flow.any(), null)).isNull();
    assertThat(balancer.refused(Cause.ALL_FULL)).isZero();
    assertThat(events).isEmpty();
    first.close();
    assertThat(balancer.admitUnlessFull(Flow.any(), null)).isInstanceOf(Connection.class);
  }

  @Test
  void one_full_server_among_others_that_are_out_is_waited_for() {
    LoadBalancer balancer = balancer(service(ONE, TWO));
    balancer.markDown(TWO.address(), "test");
    Connection connection = (Connection) balancer.admit(Flow.any());
    assertThat(balancer.admitUnlessFull(Flow.any(), null)).isNull();
    connection.close();
    balancer.markDown(ONE.address(), "test");
    assertThat(balancer.admitUnlessFull(Flow.any(), null))
        .isInstanceOfSatisfying(
            Refused.class, r -> assertThat(r.cause()).isEqualTo(Cause.ALL_DOWN));
  }

  @Test
  void a_server_that_has_failed_for_the_flow_is_not_waited_for() {
    LoadBalancer balancer = balancer(service(ONE, TWO));
    balancer.markDown(TWO.address(), "test");
    Connection failed = (Connection) balancer.admit(Flow.any());
    failed.fail(Failure.NEVER_SENT, "refused");
    balancer.admit(Flow.any());
    assertThat(balancer.admitUnlessFull(Flow.any(), failed)).isInstanceOf(Refused.class);
  }

  @Test
  void who_has_waited_in_vain_gets_the_fallback_or_the_reason() {
    RealServer sorry = RealServer.of("10.0.0.9:1");
    LoadBalancer balancer = balancer(service(ONE).toBuilder().fallback(sorry).build());
    balancer.admit(Flow.any());
    assertThat(balancer.admitUnlessFull(Flow.any(), null)).as("not the fallback yet").isNull();
    assertThat(balancer.fallBack(Flow.any(), null, Cause.QUEUE_TIMEOUT, () -> "waited 5s"))
        .isInstanceOfSatisfying(
            Connection.class, c -> assertThat(c.server().address()).isEqualTo(sorry.address()));
    balancer.apply(service(ONE));
    assertThat(balancer.fallBack(Flow.any(), null, Cause.QUEUE_TIMEOUT, () -> "waited 5s"))
        .hasToString("web: refused (queue-timeout): waited 5s");
    assertThat(balancer.refused(Cause.QUEUE_TIMEOUT)).isEqualTo(1);
    balancer.close();
    assertThat(balancer.fallBack(Flow.any(), null, Cause.QUEUE_TIMEOUT, () -> "waited 5s"))
        .hasToString("web: no real server (closed)");
  }

  @Test
  void whoever_has_clients_wait_hears_of_changes_when_they_are_in_effect() {
    LoadBalancer balancer = balancer(service(ONE));
    List<Object> answers = new ArrayList<>();
    balancer.markDown(ONE.address(), "test");
    balancer.carriedBy(
        new Intake() {
          @Override
          public @org.jspecify.annotations.Nullable IntakeStatus status() {
            return null;
          }

          @Override
          public void serversChanged() {
            answers.add(balancer.admit(Flow.any()));
          }
        });
    balancer.markUp(ONE.address());
    assertThat(answers).singleElement().isInstanceOf(Connection.class);
    balancer.apply(service(ONE.withLimits(new ConnectionLimits(5, 5))));
    assertThat(answers).hasSize(2).last().isInstanceOf(Connection.class);
  }

  private LoadBalancer balancer(VirtualService service) {
    return LoadBalancer.builder(service).ticker(ticker).build();
  }

  private static VirtualService service(RealServer... servers) {
    return VirtualService.inProcess("web").scheduler("rr").realServers(List.of(servers)).build();
  }
}

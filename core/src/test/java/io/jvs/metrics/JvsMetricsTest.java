package io.jvs.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.balancing.Connection;
import io.jvs.balancing.Failure;
import io.jvs.balancing.Fault;
import io.jvs.balancing.Intake;
import io.jvs.balancing.IntakeStatus;
import io.jvs.balancing.LoadBalancer;
import io.jvs.balancing.Refused;
import io.jvs.balancing.Timing;
import io.jvs.director.Director;
import io.jvs.model.Flow;
import io.jvs.model.Persistence;
import io.jvs.model.RealServer;
import io.jvs.model.SocketAddresses;
import io.jvs.model.TemplateRules;
import io.jvs.model.VirtualService;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class JvsMetricsTest {
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final Director director = Director.builder().listener(new JvsMetrics(registry)).build();
  private final VirtualService db =
      VirtualService.inProcess("db").realServer("10.0.0.1:1", 3).realServer("10.0.0.2:1").build();

  @AfterEach
  void close() {
    director.close();
  }

  private LoadBalancer start() {
    director.apply(List.of(db));
    return director.balancer("db");
  }

  private double value(String name, String... tags) {
    Meter meter = registry.get(name).tags("service", "db").tags(tags).meters().iterator().next();
    return meter.measure().iterator().next().getValue();
  }

  @Test
  void connections_and_weights_are_shown_per_server() {
    Connection connection = (Connection) start().admit(Flow.any());
    String server = connection.server().name();
    connection.countBytes(10, 200);
    assertThat(value("jvs.connections", "server", server, "state", "active")).isEqualTo(1);
    assertThat(value("jvs.connections.opened", "server", server)).isEqualTo(1);
    assertThat(value("jvs.bytes", "server", server, "direction", "in")).isEqualTo(10);
    assertThat(value("jvs.bytes", "server", server, "direction", "out")).isEqualTo(200);
    assertThat(value("jvs.server.weight", "server", "10.0.0.1:1")).isEqualTo(3);
    connection.fail(Failure.MAYBE_PROCESSED, Fault.RESET, "reset by the server");
    assertThat(value("jvs.connections", "server", server, "state", "active")).isZero();
    assertThat(value("jvs.connections.failed", "server", server, "reason", "reset")).isEqualTo(1);
    assertThat(value("jvs.connections.failed", "server", server, "reason", "refused")).isZero();
  }

  @Test
  void durations_are_counted_summed_and_spread_over_buckets() {
    Connection connection = (Connection) start().admit(Flow.any());
    connection.took(Timing.CONNECT, Duration.ofMillis(3).toNanos());
    connection.took(Timing.CONNECT, Duration.ofMillis(40).toNanos());
    connection.close();
    FunctionTimer timer =
        registry.get(JvsMetrics.DURATION).tags("service", "db", "part", "connect").functionTimer();
    assertThat(timer.count()).isEqualTo(2);
    assertThat(timer.totalTime(TimeUnit.MILLISECONDS)).isEqualTo(43);
    String buckets = JvsMetrics.DURATION + ".bucket";
    assertThat(value(buckets, "part", "connect", "le", "0.002")).isZero();
    assertThat(value(buckets, "part", "connect", "le", "0.004")).isEqualTo(1);
    assertThat(value(buckets, "part", "connect", "le", "0.064")).isEqualTo(2);
    assertThat(value(buckets, "part", "total", "le", "16777.216")).isZero();
  }

  @Test
  void verdicts_and_refusals_are_counted_with_their_reason() {
    LoadBalancer balancer = start();
    balancer.markDown(SocketAddresses.parse("10.0.0.1:1"), "x");
    balancer.markDown(SocketAddresses.parse("10.0.0.2:1"), "x");
    balancer.admit(Flow.any());
    assertThat(value("jvs.flows.refused", "reason", "all-down")).isEqualTo(1);
    assertThat(value("jvs.server.up", "server", "10.0.0.1:1")).isZero();
    balancer.markUp(SocketAddresses.parse("10.0.0.1:1"));
    assertThat(value("jvs.server.up", "server", "10.0.0.1:1")).isEqualTo(1);
    assertThat(value("jvs.health.changes", "server", "10.0.0.1:1", "to", "down")).isEqualTo(1);
    assertThat(value("jvs.health.changes", "server", "10.0.0.1:1", "to", "up")).isEqualTo(1);
  }

  @Test
  void who_waits_and_who_has_waited_is_shown() {
    LoadBalancer balancer = start();
    assertThat(value("jvs.queue.waiting")).isZero();
    balancer.carriedBy(
        new Intake() {
          @Override
          public IntakeStatus status() {
            return new IntakeStatus(
                9, 3, Duration.ofSeconds(1), 4, Duration.ofSeconds(10), 5, 6, 7);
          }

          @Override
          public void serversChanged() {}
        });
    assertThat(value("jvs.queue.waiting")).isEqualTo(3);
    assertThat(value("jvs.service.connections")).isEqualTo(9);
    assertThat(value("jvs.clients.unknown")).isEqualTo(6);
    assertThat(value("jvs.packets.dropped")).isEqualTo(7);
    FunctionTimer wait = registry.get("jvs.queue.wait").tags("service", "db").functionTimer();
    assertThat(wait.count()).isEqualTo(4);
    assertThat(wait.totalTime(TimeUnit.SECONDS)).isEqualTo(10);
    director.apply(List.of());
    assertThat(registry.getMeters()).isEmpty();
  }

  @Test
  void each_cause_of_refusal_has_its_counter() {
    LoadBalancer balancer = start();
    for (Refused.Cause cause : Refused.Cause.values()) {
      balancer.refuse(cause, () -> "test");
      assertThat(value("jvs.flows.refused", "reason", cause.toString())).isEqualTo(1);
    }
  }

  @Test
  void clients_forgotten_for_want_of_room_are_counted() {
    director.apply(
        List.of(
            db.toBuilder()
                .persistence(
                    Persistence.applicationKey(Duration.ofMinutes(1))
                        .withRules(TemplateRules.DEFAULT.withMaximum(2)))
                .build()));
    for (int i = 0; i < 5; i++) {
      ((Connection) director.balancer("db").admit(Flow.keyed(i))).close();
    }
    assertThat(value("jvs.persistence.templates")).isEqualTo(2);
    assertThat(value("jvs.persistence.evicted")).isEqualTo(3);
  }

  @Test
  void meters_leave_with_their_server_and_with_their_service() {
    LoadBalancer balancer = start();
    balancer.markDown(SocketAddresses.parse("10.0.0.1:1"), "x");
    director.apply(
        List.of(db.toBuilder().realServers(List.of(RealServer.of("10.0.0.3:1"))).build()));
    assertThat(registry.getMeters())
        .map(meter -> String.valueOf(meter.getId().getTag("server")))
        .doesNotContain("10.0.0.1:1", "10.0.0.2:1")
        .contains("10.0.0.3:1");
    director.apply(List.of());
    assertThat(registry.getMeters()).isEmpty();
  }
}

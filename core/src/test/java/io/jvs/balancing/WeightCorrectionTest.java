package io.jvs.balancing;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.model.ConnectionLimits;
import io.jvs.model.Flow;
import io.jvs.model.RealServer;
import io.jvs.model.SocketAddresses;
import io.jvs.model.VirtualService;
import io.jvs.model.WeightCorrection;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Weights of a service that lowers them near connection limits. */
@Timeout(60)
class WeightCorrectionTest {
  private static final InetSocketAddress A = SocketAddresses.parse("10.0.0.1:80");
  private static final InetSocketAddress B = SocketAddresses.parse("10.0.0.2:80");

  private final Deque<Connection> open = new ArrayDeque<>();

  private static VirtualService service(String scheduler) {
    return VirtualService.inProcess("web")
        .scheduler(scheduler)
        .weightCorrection(new WeightCorrection(50, 10, 5)) // a step is 10 of 100 connections wide
        .realServer(RealServer.of(A).withWeight(100).withLimits(ConnectionLimits.upTo(100)))
        .build();
  }

  private static LoadBalancer balancer(VirtualService service) {
    return LoadBalancer.builder(service).ticker(new FakeTicker()).build();
  }

  private void open(LoadBalancer balancer, int count) {
    for (int i = 0; i < count; i++) {
      open.add((Connection) balancer.admit(Flow.any()));
    }
  }

  private void close(int count) {
    for (int i = 0; i < count; i++) {
      open.remove().close();
    }
  }

  private static ServerStatus status(LoadBalancer balancer, InetSocketAddress server) {
    return Objects.requireNonNull(balancer.status(server));
  }

  @Test
  void the_weight_follows_the_connections_and_status_says_why() {
    LoadBalancer balancer = balancer(service("wlc"));
    open(balancer, 59);
    assertThat(status(balancer, A).weight()).isEqualTo(100);
    assertThat(status(balancer, A).weightReason()).isNull();
    open(balancer, 13);
    assertThat(status(balancer, A).weight()).isEqualTo(64);
    assertThat(status(balancer, A).weightReason())
        .isEqualTo("limit: 64 % (at 70 of 100 connections) since 2026-01-01T00:00:00Z");
    close(11);
    assertThat(status(balancer, A).weight()).as("61 are left, more than 60").isEqualTo(64);
    close(2);
    assertThat(status(balancer, A).weight()).isEqualTo(82);
    close(59);
    assertThat(status(balancer, A).weight()).isEqualTo(100);
    assertThat(status(balancer, A).weightReason()).isNull();
  }

  @Test
  void pieces_of_work_without_a_connection_move_it_too() {
    LoadBalancer balancer = balancer(service("wlc"));
    List<Slot> slots = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      slots.add(Objects.requireNonNull(balancer.take(Flow.any())));
    }
    assertThat(status(balancer, A).weight()).isEqualTo(82);
    slots.forEach(Slot::release);
    assertThat(status(balancer, A).weight()).isEqualTo(100);
  }

  @Test
  void the_policy_gives_a_server_near_its_limit_less() {
    LoadBalancer balancer = balancer(service("wrr"));
    open(balancer, 90);
    assertThat(status(balancer, A).weight()).isEqualTo(28);
    List<RealServer> both =
        List.of(balancer.service().realServers().get(0), RealServer.of(B).withWeight(100));
    balancer.apply(balancer.service().toBuilder().realServers(both).build());
    int ofA = 0;
    for (int i = 0; i < 128; i++) {
      try (Connection connection = (Connection) balancer.admit(Flow.any())) {
        ofA += connection.server().address().equals(A) ? 1 : 0;
      }
    }
    assertThat(ofA).isBetween(27, 29); // 28 of 128, one more or less with where the round begins
  }

  @Test
  void a_change_of_the_definition_takes_the_correction_along() {
    LoadBalancer balancer = balancer(service("wlc"));
    open(balancer, 70);
    balancer.apply(balancer.service().withWeight(A, 50));
    assertThat(status(balancer, A).weight()).isEqualTo(32);
    RealServer server = balancer.service().realServers().get(0);
    balancer.edit(server.withLimits(ConnectionLimits.upTo(1000)));
    assertThat(status(balancer, A).weight()).isEqualTo(50);
    balancer.edit(server);
    assertThat(status(balancer, A).weight()).isEqualTo(32);
    balancer.apply(balancer.service().toBuilder().weightCorrection(null).build());
    assertThat(status(balancer, A).weight()).isEqualTo(50);
    assertThat(status(balancer, A).weightReason()).isNull();
  }

  @Test
  void a_server_that_returns_with_its_connections_is_corrected_at_once() {
    LoadBalancer balancer = balancer(service("wlc"));
    open(balancer, 70);
    VirtualService with = balancer.service();
    balancer.apply(with.toBuilder().realServers(List.of()).build());
    close(40);
    balancer.apply(with);
    assertThat(status(balancer, A).weight()).isEqualTo(100);
  }

  @Test
  void whatever_threads_do_the_weight_ends_where_the_connections_are() throws Exception {
    LoadBalancer balancer = balancer(service("wlc"));
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<?>> all = new ArrayList<>();
      for (int t = 0; t < 4; t++) {
        SplittableRandom chance = new SplittableRandom(t);
        all.add(threads.submit(() -> comeAndGo(balancer, chance)));
      }
      for (Future<?> each : all) {
        each.get();
      }
    } finally {
      threads.shutdown();
    }
    assertThat(status(balancer, A).active()).isZero();
    assertThat(status(balancer, A).weight()).isEqualTo(100);
  }

  private static void comeAndGo(LoadBalancer balancer, SplittableRandom chance) {
    Deque<Connection> mine = new ArrayDeque<>();
    for (int i = 0; i < 20_000; i++) {
      if (chance.nextInt(50) >= mine.size()
          && balancer.admit(Flow.any()) instanceof Connection connection) {
        mine.add(connection);
      } else if (!mine.isEmpty()) {
        mine.remove().close();
      }
    }
    mine.forEach(Connection::close);
  }
}

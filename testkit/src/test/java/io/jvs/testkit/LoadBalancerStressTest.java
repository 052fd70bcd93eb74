package io.jvs.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.balancing.Connection;
import io.jvs.balancing.Failure;
import io.jvs.balancing.LoadBalancer;
import io.jvs.balancing.Phase;
import io.jvs.balancing.ServerStatus;
import io.jvs.balancing.ServiceStatus;
import io.jvs.model.ConnectionLimits;
import io.jvs.model.Flow;
import io.jvs.model.Persistence;
import io.jvs.model.RealServer;
import io.jvs.model.SocketAddresses;
import io.jvs.model.TemplateRules;
import io.jvs.model.VirtualService;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Many threads at once, real time, no order: what must hold all the same. */
@Timeout(60)
@ExtendWith(QuietLog.class)
class LoadBalancerStressTest {
  private static final int FLOWS_PER_THREAD = 30_000;
  private static final int THREADS = 4;
  private static final int LIMIT = 20;

  @Test
  void counts_never_go_below_zero_and_end_at_zero() throws Exception {
    LoadBalancer balancer = LoadBalancer.of(definition(new SplittableRandom(0), "wlc"));
    ExecutorService threads = Executors.newFixedThreadPool(THREADS + 1);
    AtomicBoolean stop = new AtomicBoolean();
    try {
      List<Future<?>> clients = new ArrayList<>();
      for (int t = 0; t < THREADS; t++) {
        SplittableRandom chance = new SplittableRandom(t);
        clients.add(threads.submit(() -> admitAndClose(balancer, chance)));
      }
      Future<?> operator = threads.submit(() -> change(balancer, stop));
      for (Future<?> client : clients) {
        client.get();
      }
      stop.set(true);
      operator.get();
    } finally {
      stop.set(true);
      threads.shutdown();
    }
    ServiceStatus end = balancer.status();
    assertThat(end.connections()).as("%s", end).isZero();
    assertThat(end.removed()).isEmpty();
    for (ServerStatus server : end.servers()) {
      assertThat(server.active()).as("%s", server).isZero();
      assertThat(server.inactive()).as("%s", server).isZero();
      assertThat(server.full()).as("%s", server).isFalse();
    }
    assertThat(end.templates())
        .isEqualTo(end.servers().stream().mapToInt(ServerStatus::templates).sum());
  }

  private static void admitAndClose(LoadBalancer balancer, SplittableRandom chance) {
    Deque<Connection> open = new ArrayDeque<>();
    for (int i = 0; i < FLOWS_PER_THREAD; i++) {
      Flow flow =
          Flow.tcp(
              SocketAddresses.parse("10.1.0." + chance.nextInt(200) + ":40000"),
              SocketAddresses.parse("192.0.2.10:80"));
      if (balancer.admit(flow) instanceof Connection connection) {
        Connection last = connection;
        if (chance.nextInt(10) == 0) {
          connection.fail(Failure.NEVER_SENT, "refused");
          if (balancer.admitElsewhere(flow, connection) instanceof Connection other) {
            assertThat(other.address()).isNotEqualTo(connection.address());
            last = other;
          }
        }
        last.advance(Phase.ACTIVE);
        open.add(last);
      }
      while (open.size() > chance.nextInt(1, 16)) {
        Connection old = open.remove();
        if (chance.nextBoolean()) {
          old.advance(Phase.CLOSING);
        }
        old.close();
        old.close();
      }
    }
    open.forEach(Connection::close);
  }

  /** While all goes on, servers come and go, schedulers and persistence change. */
  private static void change(LoadBalancer balancer, AtomicBoolean stop) {
    SplittableRandom chance = new SplittableRandom(99);
    String[] policies = {"rr", "wrr", "lc", "wlc"};
    while (!stop.get()) {
      balancer.apply(definition(chance, policies[chance.nextInt(policies.length)]));
      var address = SocketAddresses.parse("10.0.0." + (1 + chance.nextInt(6)) + ":80");
      balancer.markDown(address, "check failed");
      for (ServerStatus server : balancer.status().servers()) {
        assertThat(server.active()).as("%s", server).isNotNegative();
        assertThat(server.inactive()).as("%s", server).isNotNegative();
      }
      balancer.markUp(address);
    }
    List<RealServer> all = new ArrayList<>();
    for (int i = 1; i <= 6; i++) {
      all.add(RealServer.of("10.0.0." + i + ":80"));
    }
    balancer.apply(balancer.service().toBuilder().realServers(all).build());
  }

  private static VirtualService definition(SplittableRandom chance, String scheduler) {
    VirtualService.Builder service =
        VirtualService.tcp("192.0.2.10", 80).name("web").scheduler(scheduler);
    for (int i = 1; i <= 6; i++) {
      if (chance.nextInt(3) != 0) {
        service.realServer(
            RealServer.of("10.0.0." + i + ":80")
                .withWeight(chance.nextInt(5))
                .withLimits(ConnectionLimits.upTo(chance.nextBoolean() ? 0 : LIMIT)));
      }
    }
    if (chance.nextBoolean()) {
      service.persistence(
          Persistence.sourceAddress(Duration.ofSeconds(10))
              .withRules(
                  new TemplateRules(
                      chance.nextBoolean() ? 50 : 1_000_000, // of 200 clients
                      chance.nextBoolean(),
                      chance.nextBoolean())));
    }
    return service.build();
  }

  /** Threads that pass the check at the same moment pass it together: LoadBalancer's javadoc. */
  @Test
  void a_limit_is_passed_by_one_connection_per_thread_at_most() throws Exception {
    LoadBalancer balancer =
        LoadBalancer.of(
            VirtualService.inProcess("web")
                .realServer(RealServer.of("10.0.0.1:80").withLimits(ConnectionLimits.upTo(LIMIT)))
                .build());
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try {
      List<Future<Integer>> highest = new ArrayList<>();
      for (int t = 0; t < THREADS; t++) {
        highest.add(threads.submit(() -> fillAndEmpty(balancer)));
      }
      for (Future<Integer> each : highest) {
        assertThat(each.get()).isBetween(LIMIT, LIMIT + THREADS - 1);
      }
    } finally {
      threads.shutdown();
    }
  }

  private static int fillAndEmpty(LoadBalancer balancer) {
    var address = SocketAddresses.parse("10.0.0.1:80");
    int highest = 0;
    Deque<Connection> open = new ArrayDeque<>();
    for (int i = 0; i < FLOWS_PER_THREAD; i++) {
      if (balancer.admit(Flow.any()) instanceof Connection connection) {
        open.add(connection);
        ServerStatus now = balancer.status(address);
        highest = Math.max(highest, now == null ? 0 : now.active());
      } else {
        open.forEach(Connection::close);
        open.clear();
      }
    }
    open.forEach(Connection::close);
    return highest;
  }
}

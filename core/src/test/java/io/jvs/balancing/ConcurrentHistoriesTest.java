package io.jvs.balancing;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.model.ConnectionLimits;
import io.jvs.model.Flow;
import io.jvs.model.RealServer;
import io.jvs.model.VirtualService;
import io.jvs.scheduling.Scheduler.Selector;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Threads open, move on, close, take, release, mark and apply at the same time, again and again.
 * When all is quiet, every connection is counted once, marks and bits are what the counts say, and
 * a policy that keeps an order chooses as one that looks at every server.
 */
class ConcurrentHistoriesTest {
  private static final int ROUNDS = 300;
  private static final int THREADS = 4;
  private static final int SERVERS = 40;
  private static final int LIMIT = 6;

  private final List<RealServer> all = new ArrayList<>();
  private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);

  @ParameterizedTest
  @ValueSource(strings = {"rr", "wrr", "lc", "wlc", "sed", "nq", "swrr", "p2c", "ewma"})
  void counts_never_drift(String policy) throws Exception {
    for (int i = 0; i < SERVERS; i++) {
      all.add(
          RealServer.of("127.0.0.1:" + (1 + i))
              .withWeight(1 + i % 3)
              .withLimits(new ConnectionLimits(i % 2 == 0 ? LIMIT : 0, 0)));
    }
    LoadBalancer balancer =
        LoadBalancer.of(VirtualService.inProcess("web").scheduler(policy).realServers(all).build());
    try {
      List<Connection> open = new ArrayList<>();
      for (int round = 0; round < ROUNDS; round++) {
        List<Future<List<Connection>>> work = new ArrayList<>();
        for (int thread = 0; thread < THREADS; thread++) {
          List<Connection> own = new ArrayList<>();
          for (int i = thread; i < open.size(); i += THREADS) {
            own.add(open.get(i));
          }
          SplittableRandom chance = new SplittableRandom(100L * round + thread);
          work.add(threads.submit(() -> work(balancer, own, chance)));
        }
        open.clear();
        for (Future<List<Connection>> each : work) {
          open.addAll(each.get());
        }
        check(balancer, open, policy + ", round " + round);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private List<Connection> work(
      LoadBalancer balancer, List<Connection> open, SplittableRandom chance) {
    for (int step = 0; step < 40; step++) {
      RealServer server = all.get(chance.nextInt(SERVERS));
      switch (chance.nextInt(12)) {
        case 0, 1, 2, 3 -> {
          if (balancer.admit(Flow.any()) instanceof Connection connection) {
            open.add(connection);
          }
        }
        case 4, 5, 6 -> {
          if (!open.isEmpty()) {
            open.remove(chance.nextInt(open.size())).close();
          }
        }
        case 7 -> {
          if (!open.isEmpty()) {
            open.get(chance.nextInt(open.size())).advance(Phase.CLOSING);
          }
        }
        case 8 -> {
          Slot slot = balancer.take(Flow.any());
          if (slot != null) {
            slot.release();
          }
        }
        case 9 -> balancer.markDown(server.address(), "test");
        case 10 -> balancer.markUp(server.address());
        default -> {
          List<RealServer> some = new ArrayList<>(all);
          some.remove(server);
          balancer.apply(balancer.service().toBuilder().realServers(some).build());
        }
      }
    }
    return open;
  }

  private static void check(LoadBalancer balancer, List<Connection> open, String when) {
    Map<InetSocketAddress, Integer> expected = new HashMap<>();
    for (Connection connection : open) {
      expected.merge(connection.server().address(), 1, Integer::sum);
    }
    Map<InetSocketAddress, Integer> counted = new HashMap<>();
    Generation now = balancer.generation();
    List<ServerState> states = new ArrayList<>(now.removed());
    for (int i = 0; i < now.size(); i++) {
      ServerState server = now.state(i);
      states.add(server);
      int total = server.active() + server.inactive();
      int upper = server.definition().limits().upper();
      if (upper != 0 && total >= upper) {
        assertThat(server.overloaded()).as("%s: mark of %s", when, server.status()).isTrue();
      } else if (upper == 0 || total < upper - upper / 4) {
        assertThat(server.overloaded()).as("%s: mark of %s", when, server.status()).isFalse();
      }
      assertThat(now.eligible(i))
          .as("%s: bit of %s", when, server.status())
          .isEqualTo(!server.overloaded() && server.down() == null);
    }
    for (ServerState server : states) {
      int total = server.active() + server.inactive();
      if (total != 0) {
        counted.merge(server.definition().address(), total, Integer::sum);
      }
    }
    assertThat(counted).as(when).isEqualTo(expected);
    assertThat(leastLoaded(balancer, now)).as("%s: order", when).isTrue();
  }

  /** Of the kernel's load policies: whether the next choice is the one that a scan would make. */
  private static boolean leastLoaded(LoadBalancer balancer, Generation now) {
    String policy = balancer.service().scheduler().name();
    if (!List.of("lc", "wlc", "sed", "nq").contains(policy)) {
      return true;
    }
    int best = Selector.NONE;
    for (int i = 0; i < now.size(); i++) {
      if (now.eligible(i) && (best == Selector.NONE || better(policy, now, i, best))) {
        best = i;
      }
    }
    return now.select(Flow.any(), null) == best;
  }

  private static boolean better(String policy, Generation now, int one, int than) {
    if (policy.equals("nq") && (now.active(one) == 0 || now.active(than) == 0)) {
      return now.active(one) == 0 && now.active(than) != 0;
    }
    return load(policy, now, one) * weight(policy, now, than)
        < load(policy, now, than) * weight(policy, now, one);
  }

  private static long load(String policy, Generation now, int index) {
    return policy.endsWith("lc") ? now.overhead(index) : now.active(index) + 1L;
  }

  private static long weight(String policy, Generation now, int index) {
    return policy.equals("lc") ? 1 : now.weight(index);
  }
}

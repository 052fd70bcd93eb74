package io.jvs.testkit;

import static io.jvs.testkit.TestServer.server;
import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.balancing.Connection;
import io.jvs.balancing.LoadBalancer;
import io.jvs.model.Flow;
import io.jvs.model.SchedulerSpec;
import io.jvs.model.VirtualService;
import io.jvs.scheduling.KernelCompatibility;
import io.jvs.scheduling.Scheduler.Selector;
import io.jvs.scheduling.Schedulers;
import io.jvs.scheduling.ServerView;
import io.jvs.scheduling.Setup;
import java.math.BigInteger;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** What holds for every list of servers, tried with many. */
class PolicyPropertiesTest {
  private static Selector prepare(String policy, ServerView view) {
    return Schedulers.builtIn()
        .find(SchedulerSpec.of(policy))
        .prepare(
            view,
            new Setup(Set.of(), new ManualTicker(), new Random(1), KernelCompatibility.NEWEST));
  }

  @Property(tries = 300)
  void rr_visits_every_usable_server_once_a_round(
      @ForAll @Size(min = 1, max = 12) List<@IntRange(max = 2) Integer> weights) {
    FakeServerView view = servers(weights);
    int usable = (int) weights.stream().filter(w -> w > 0).count();
    Selector selector = prepare("rr", view);
    for (int round = 0; round < 3; round++) {
      Set<Integer> visited = new HashSet<>();
      for (int i = 0; i < usable; i++) {
        visited.add(selector.select(view, Flow.any()));
      }
      assertThat(visited).hasSize(usable).doesNotContain(Selector.NONE);
    }
  }

  /** A cycle is sum / gcd picks; a service that is filled by adding begins with another round. */
  @Property(tries = 300)
  void wrr_gives_every_server_its_weight_in_each_cycle(
      @ForAll @Size(min = 1, max = 8) List<@IntRange(max = 30) Integer> weights,
      @ForAll @IntRange(min = 1, max = 5) int factor) {
    VirtualService.Builder service = VirtualService.inProcess("web").scheduler("wrr");
    int divisor = 0;
    int sum = 0;
    for (int i = 0; i < weights.size(); i++) {
      int weight = weights.get(i) * factor;
      service.realServer("10.0.0." + (i + 1) + ":80", weight);
      divisor = BigInteger.valueOf(weight).gcd(BigInteger.valueOf(divisor)).intValue();
      sum += weight;
    }
    if (sum == 0) {
      return; // nobody is chosen: see the contract
    }
    LoadBalancer balancer = LoadBalancer.of(service.build());
    int settle = weights.size() * 2 * 30 * 5; // the first round, and any cycle begun
    for (int i = 0; i < settle; i++) {
      pick(balancer);
    }
    Map<InetSocketAddress, Integer> picks = new HashMap<>();
    for (int i = 0; i < sum / divisor; i++) {
      picks.merge(pick(balancer), 1, Integer::sum);
    }
    for (var server : service.build().realServers()) {
      assertThat(picks.getOrDefault(server.address(), 0))
          .as("%s, divisor %d", server, divisor)
          .isEqualTo(server.weight() / divisor);
    }
  }

  private static InetSocketAddress pick(LoadBalancer balancer) {
    try (Connection connection = (Connection) balancer.admit(Flow.any())) {
      return connection.address();
    }
  }

  @Property(tries = 500)
  void wlc_chooses_the_first_of_the_smallest_quotients(
      @ForAll @Size(min = 1, max = 10) List<@IntRange(max = 65_535) Integer> weights,
      @ForAll @Size(value = 10) List<@IntRange(max = 100_000) Integer> active,
      @ForAll @Size(value = 10) List<@IntRange(max = 100_000) Integer> inactive) {
    FakeServerView view = servers(weights);
    for (int i = 0; i < view.size(); i++) {
      view.servers().get(i).active(active.get(i)).inactive(inactive.get(i));
    }
    assertThat(prepare("wlc", view).select(view, Flow.any())).isEqualTo(smallest(view, true));
    assertThat(prepare("lc", view).select(view, Flow.any())).isEqualTo(smallest(view, false));
  }

  /** Load / weight as fractions of whole numbers without bounds. */
  private static int smallest(FakeServerView view, boolean weighted) {
    int best = Selector.NONE;
    BigInteger bestLoad = BigInteger.ZERO;
    BigInteger bestWeight = BigInteger.ONE;
    for (int i = 0; i < view.size(); i++) {
      if (view.weight(i) > 0) {
        BigInteger load = BigInteger.valueOf(257L * view.active(i) + view.inactive(i));
        BigInteger weight = BigInteger.valueOf(weighted ? view.weight(i) : 1);
        if (best == Selector.NONE
            || load.multiply(bestWeight).compareTo(bestLoad.multiply(weight)) < 0) {
          best = i;
          bestLoad = load;
          bestWeight = weight;
        }
      }
    }
    return best;
  }

  private static FakeServerView servers(List<Integer> weights) {
    List<TestServer> servers = new ArrayList<>();
    for (int i = 0; i < weights.size(); i++) {
      servers.add(server("server-" + i).weight(weights.get(i)));
    }
    return FakeServerView.of(servers);
  }
}

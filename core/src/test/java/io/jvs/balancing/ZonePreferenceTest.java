package io.jvs.balancing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jvs.model.ConnectionLimits;
import io.jvs.model.Flow;
import io.jvs.model.RealServer;
import io.jvs.model.SocketAddresses;
import io.jvs.model.VirtualService;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Servers a1, a2 … are in zone a, b1, b2 … in zone b; the client is in a. */
class ZonePreferenceTest {
  private static RealServer server(String name) {
    return RealServer.of(name + ":80").withMetadata(Map.of("zone", name.substring(0, 1)));
  }

  private static VirtualService.Builder service(String... names) {
    VirtualService.Builder service = VirtualService.inProcess("web").scheduler("rr");
    for (String name : names) {
      service.realServer(server(name));
    }
    return service.preferZone("a");
  }

  private static final String[] FIVE_EACH = {
    "a1", "b1", "a2", "b2", "a3", "b3", "a4", "b4", "a5", "b5"
  };

  private static void down(LoadBalancer balancer, String... names) {
    for (String name : names) {
      balancer.markDown(server(name).address(), "test");
    }
  }

  private static String pick(LoadBalancer balancer) {
    RealServer server = balancer.pick(Flow.any());
    return server == null ? "-" : server.address().getHostString();
  }

  /** Picks by zone. */
  private static Map<String, Integer> zones(LoadBalancer balancer, int picks) {
    Map<String, Integer> zones = new TreeMap<>();
    for (int i = 0; i < picks; i++) {
      zones.merge(pick(balancer).substring(0, 1), 1, Integer::sum);
    }
    return zones;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "rr", "wrr", "lc", "wlc", "sed", "nq", "swrr", "p2c", "ewma", "wlib", "twos", "fo", "ovf",
        "lblc", "lblcr"
      })
  void all_flows_stay_in_a_healthy_zone_under_every_policy(String policy) {
    LoadBalancer balancer = LoadBalancer.of(service(FIVE_EACH).scheduler(policy).build());
    assertThat(zones(balancer, 100)).isEqualTo(Map.of("a", 100));
    down(balancer, "a1"); // four fifths are more than 1/1.4
    assertThat(zones(balancer, 100)).isEqualTo(Map.of("a", 100));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "rr", "wrr", "lc", "wlc", "sed", "nq", "swrr", "p2c", "ewma", "wlib", "twos", "fo", "ovf"
      })
  void what_a_weak_zone_lacks_goes_elsewhere_to_the_flow(String policy) {
    LoadBalancer balancer = LoadBalancer.of(service(FIVE_EACH).scheduler(policy).build());
    down(balancer, "a1", "a2", "a3"); // 2/5 * 1.4
    assertThat(zones(balancer, 1000)).isEqualTo(Map.of("a", 560, "b", 440));
    down(balancer, "a4"); // 1/5 * 1.4
    assertThat(zones(balancer, 1000)).isEqualTo(Map.of("a", 280, "b", 720));
    down(balancer, "a5");
    assertThat(zones(balancer, 1000)).isEqualTo(Map.of("b", 1000));
    balancer.markUp(server("a1").address());
    assertThat(zones(balancer, 1000)).isEqualTo(Map.of("a", 280, "b", 720));
  }

  @Test
  void the_spill_is_spread_evenly_over_time() {
    LoadBalancer balancer = LoadBalancer.of(service("a1", "a2", "b1").build());
    down(balancer, "a1"); // 0.7
    int stayed = 0;
    for (int flows = 1; flows <= 100; flows++) {
      stayed += pick(balancer).startsWith("a") ? 1 : 0;
      assertThat(stayed).isBetween((int) Math.floor(0.7 * flows), (int) Math.ceil(0.7 * flows));
    }
  }

  @Test
  void a_zone_is_healthy_down_to_5_7ths_of_its_weight() {
    LoadBalancer balancer =
        LoadBalancer.of(service("a1", "a2", "a3", "a4", "a5", "a6", "a7", "b1").build());
    down(balancer, "a1", "a2");
    assertThat(zones(balancer, 1000)).isEqualTo(Map.of("a", 1000));
    down(balancer, "a3");
    assertThat(zones(balancer, 1000)).isEqualTo(Map.of("a", 800, "b", 200));
  }

  @Test
  void full_servers_are_missing_too() {
    RealServer full = server("a1").withLimits(ConnectionLimits.upTo(1));
    LoadBalancer balancer =
        LoadBalancer.of(service("b1").realServer(full).realServer(server("a2")).build());
    Connection first = (Connection) balancer.admit(Flow.any());
    Connection second = (Connection) balancer.admit(Flow.any());
    assertThat(zones(balancer, 10)).isEqualTo(Map.of("a", 7, "b", 3));
    first.close();
    second.close();
    assertThat(zones(balancer, 10)).isEqualTo(Map.of("a", 10));
  }

  @Test
  void quiesced_servers_are_not_missing() {
    VirtualService service = service("a1", "a2", "b1").build();
    LoadBalancer balancer = LoadBalancer.of(service);
    balancer.apply(service.withWeight(server("a1").address(), 0));
    assertThat(zones(balancer, 100)).isEqualTo(Map.of("a", 100));
    balancer.apply(
        service.withWeight(server("a1").address(), 0).withWeight(server("a2").address(), 0));
    assertThat(zones(balancer, 100)).isEqualTo(Map.of("b", 100));
  }

  @Test
  void zones_short_of_capacity_share_by_what_they_have() {
    LoadBalancer balancer = LoadBalancer.of(service(FIVE_EACH).build());
    down(balancer, "a1", "a2", "a3", "a4", "b1", "b2", "b3", "b4"); // 0.28 each
    assertThat(zones(balancer, 1000)).isEqualTo(Map.of("a", 500, "b", 500));
    down(balancer, "b5");
    assertThat(zones(balancer, 1000)).isEqualTo(Map.of("a", 1000));
    down(balancer, "a5");
    assertThat(pick(balancer)).isEqualTo("-");
  }

  @Test
  void a_zone_that_nobody_is_in_is_no_preference() {
    LoadBalancer balancer = LoadBalancer.of(service("a1", "b1", "c1").preferZone("x").build());
    assertThat(zones(balancer, 9)).isEqualTo(Map.of("a", 3, "b", 3, "c", 3));
  }

  @Test
  void without_a_preference_nothing_stands_above_the_policy() {
    LoadBalancer balancer = LoadBalancer.of(service("a1", "b1").preferZone(null).build());
    assertThat(zones(balancer, 10)).isEqualTo(Map.of("a", 5, "b", 5));
    assertThat(balancer.generation().selector().getClass().getName()).doesNotContain("Zone");
  }

  @Test
  void a_flow_whose_servers_in_the_zone_have_failed_is_tried_elsewhere() {
    LoadBalancer balancer = LoadBalancer.of(service("a1", "b1").build());
    Connection first = (Connection) balancer.admit(Flow.any());
    assertThat(first.address()).isEqualTo(server("a1").address());
    first.fail(Failure.NEVER_SENT, "test");
    Connection second = (Connection) balancer.admitElsewhere(Flow.any(), first);
    assertThat(second.address()).isEqualTo(server("b1").address());
  }

  @Test
  void a_server_may_move_to_another_zone() {
    VirtualService service = service("a1", "b1").build();
    LoadBalancer balancer = LoadBalancer.of(service);
    assertThat(zones(balancer, 10)).isEqualTo(Map.of("a", 10));
    RealServer moved = server("a1").withMetadata(Map.of("zone", "b"));
    RealServer came = server("b1").withMetadata(Map.of("zone", "a"));
    balancer.apply(service.toBuilder().realServers(List.of(moved, came)).build());
    assertThat(zones(balancer, 10)).isEqualTo(Map.of("b", 10)); // by its name, now in zone a
  }

  @Test
  void a_preference_comes_and_goes_while_connections_are_open() {
    VirtualService service = service("a1", "b1").scheduler("lc").build();
    LoadBalancer balancer = LoadBalancer.of(service.toBuilder().preferZone(null).build());
    Admission open = balancer.admit(Flow.any());
    Admission other = balancer.admit(Flow.any());
    balancer.apply(service);
    assertThat(zones(balancer, 10)).isEqualTo(Map.of("a", 10));
    balancer.apply(service.toBuilder().preferZone("b").build());
    assertThat(zones(balancer, 10)).isEqualTo(Map.of("b", 10));
    assertThat(balancer.status().connections()).isEqualTo(2);
    ((Connection) open).close();
    ((Connection) other).close();
  }

  @Test
  void what_a_policy_knows_stays_when_the_other_part_changes() {
    VirtualService service = service("a1", "a2", "a3", "b1").build();
    LoadBalancer balancer = LoadBalancer.of(service);
    List<String> turns = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      turns.add(pick(balancer));
      balancer.apply(i % 2 == 0 ? service("a1", "a2", "a3").build() : service);
    }
    assertThat(turns).containsExactly("a3", "a2", "a1", "a3", "a2", "a1");
  }

  @Test
  void a_policy_hears_of_load_and_answers_by_its_own_indexes() {
    LoadBalancer busy = LoadBalancer.of(service(FIVE_EACH).scheduler("lc").build());
    Map<String, Integer> opened = new HashMap<>();
    for (int i = 0; i < 50; i++) {
      Connection open = (Connection) busy.admit(Flow.any());
      opened.merge(open.address().getHostString(), 1, Integer::sum);
    }
    assertThat(opened).hasSize(5).allSatisfy((name, n) -> assertThat(n).isEqualTo(10));

    FakeTicker ticker = new FakeTicker();
    LoadBalancer learning =
        LoadBalancer.builder(service("b1", "a1", "b2", "a2").scheduler("ewma").build())
            .ticker(ticker)
            .build();
    Map<String, Integer> picks = new HashMap<>();
    for (int i = 0; i < 100; i++) {
      try (Connection work = (Connection) learning.admit(Flow.any())) {
        String name = work.address().getHostString();
        picks.merge(name, 1, Integer::sum);
        ticker.advance(Duration.ofMillis(name.equals("a1") ? 100 : 1));
      }
    }
    assertThat(picks.get("a2")).isGreaterThan(80);
  }

  /** More than 16 servers in a part, so that the policies keep a tree of them. */
  @Test
  void long_lists_are_ranked_by_part() {
    VirtualService.Builder service = service();
    for (int i = 1; i <= 40; i++) {
      service.realServer(server("a" + i)).realServer(server("b" + i));
    }
    LoadBalancer balancer = LoadBalancer.of(service.scheduler("wlc").build());
    Map<String, Integer> opened = new HashMap<>();
    for (int i = 0; i < 120; i++) {
      Connection open = (Connection) balancer.admit(Flow.any());
      opened.merge(open.address().getHostString(), 1, Integer::sum);
    }
    assertThat(opened).hasSize(40).allSatisfy((name, n) -> assertThat(n).isEqualTo(3));
  }

  @Test
  void a_client_stays_with_its_part_under_a_policy_that_goes_by_flow() {
    LoadBalancer balancer =
        LoadBalancer.of(service(FIVE_EACH).scheduler("sh", "sh-fallback").build());
    Map<String, String> before = choices(balancer);
    assertThat(before.values()).allMatch(name -> name.startsWith("a"));
    down(balancer, "a1", "a2", "a3");
    Map<String, String> after = choices(balancer);
    assertThat(after).isEqualTo(choices(balancer));
    assertThat(after.values().stream().filter(name -> name.startsWith("a")).count())
        .isBetween(500L, 620L); // 56 % of 1000
    assertThat(new HashSet<>(after.values())).hasSize(7); // of those that are up, each has some
  }

  private static Map<String, String> choices(LoadBalancer balancer) {
    Map<String, String> choices = new HashMap<>();
    for (int i = 0; i < 1000; i++) {
      String client = "10.7." + (i >> 8) + "." + (i & 255) + ":40000";
      Flow flow = Flow.tcp(SocketAddresses.parse(client), SocketAddresses.parse("192.0.2.10:80"));
      RealServer server = balancer.pick(flow);
      choices.put(client, server == null ? "-" : server.address().getHostString());
    }
    return choices;
  }

  /** Marks flip in many threads at once; afterwards the sum of weights is what it was. */
  @Test
  void whatever_threads_do_at_once_the_zone_is_whole_again_afterwards() throws Exception {
    VirtualService.Builder service = service("b1", "b2");
    for (int i = 1; i <= 4; i++) {
      service.realServer(server("a" + i).withLimits(ConnectionLimits.upTo(1)));
    }
    LoadBalancer balancer = LoadBalancer.of(service.build());
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < 4; t++) {
      threads.add(new Thread(() -> admitAndClose(balancer)));
    }
    for (Thread thread : threads) {
      thread.start();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(balancer.status().connections()).isZero();
    assertThat(zones(balancer, 1000)).isEqualTo(Map.of("a", 1000));
  }

  private static void admitAndClose(LoadBalancer balancer) {
    for (int i = 0; i < 20_000; i++) {
      if (balancer.admit(Flow.any()) instanceof Connection connection) {
        connection.close();
      }
    }
  }

  @Test
  void a_blank_zone_is_refused() {
    assertThatThrownBy(() -> service("a1").preferZone(" ").build())
        .hasMessage(
            "virtual service 'web': preferred zone ' ' (expected: a zone as in the metadata of real"
                + " servers, such as 'a'; leave it out for no preference)");
  }
}

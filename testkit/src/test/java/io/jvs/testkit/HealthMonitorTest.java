package io.jvs.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jvs.balancing.AdminOrder;
import io.jvs.balancing.AdminOrder.Kind;
import io.jvs.balancing.Connection;
import io.jvs.balancing.LoadBalancer;
import io.jvs.balancing.Orderer;
import io.jvs.balancing.ServerStatus;
import io.jvs.director.Director;
import io.jvs.health.CheckResult;
import io.jvs.health.CheckRunner;
import io.jvs.health.Finding;
import io.jvs.health.FunctionCheck;
import io.jvs.health.HealthMonitor;
import io.jvs.model.CheckDeclaration;
import io.jvs.model.CheckTarget;
import io.jvs.model.CheckTiming;
import io.jvs.model.Flow;
import io.jvs.model.HealthCheck;
import io.jvs.model.HealthDeclaration;
import io.jvs.model.RealServer;
import io.jvs.model.SlowStart;
import io.jvs.model.SocketAddresses;
import io.jvs.model.VirtualService;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The engine of health checks on virtual time. */
class HealthMonitorTest {
  private static final InetSocketAddress A = SocketAddresses.parse("10.0.0.1:80");
  private static final InetSocketAddress B = SocketAddresses.parse("10.0.0.2:80");

  private final ManualTicker ticker = new ManualTicker();
  private final ManualExecutor executor = new ManualExecutor(ticker);
  private final Set<String> failing = new HashSet<>(); // "check server", or a check alone
  private final Map<String, Integer> tries = new HashMap<>(); // by check and server
  private final List<Duration> times = new ArrayList<>(); // of all tries
  private final List<CompletableFuture<CheckResult>> hanging = new ArrayList<>();
  private final List<String> events = new ArrayList<>();
  private final long start = ticker.nanoTime();
  private boolean hang;

  private FunctionCheck check(String name) {
    return new FunctionCheck(
        name,
        attempt -> {
          String server = attempt.server().name();
          tries.merge(name + " " + server, 1, Integer::sum);
          times.add(Duration.ofNanos(ticker.nanoTime() - start));
          if (hang) {
            attempt.doing("waiting for " + name);
            CompletableFuture<CheckResult> never = new CompletableFuture<>();
            hanging.add(never);
            return never;
          }
          boolean fails = failing.contains(name) || failing.contains(name + " " + server);
          return CompletableFuture.completedFuture(
              fails ? CheckResult.failed(name + " refused") : CheckResult.passed(name + " ok"));
        });
  }

  private static final CheckTiming SECOND =
      CheckTiming.DEFAULT.every(Duration.ofSeconds(1)).jitterPercent(0);

  private LoadBalancer balancer(VirtualService.Builder service) {
    return LoadBalancer.builder(service.realServer("10.0.0.1:80").realServer("10.0.0.2:80").build())
        .ticker(ticker)
        .listener(event -> events.add(event.toString()))
        .build();
  }

  private LoadBalancer balancer(HealthDeclaration health) {
    return balancer(VirtualService.inProcess("web").scheduler("wrr").health(health));
  }

  private HealthMonitor monitor(int concurrency) {
    return new HealthMonitor(
        new CheckRunner(executor, executor, concurrency), new SplittableRandom(1));
  }

  private HealthMonitor watching(LoadBalancer balancer) {
    HealthMonitor monitor = monitor(1000);
    monitor.watch(balancer);
    ticker.advance(Duration.ZERO); // the monitor's thread sees it
    return monitor;
  }

  private void pass(double seconds) {
    ticker.advance(Duration.ofNanos((long) (seconds * 1e9)));
  }

  private static ServerStatus status(LoadBalancer balancer, InetSocketAddress server) {
    ServerStatus status = balancer.status(server);
    assertThat(status).isNotNull();
    return status;
  }

  private static String state(LoadBalancer balancer, InetSocketAddress server) {
    return status(balancer, server).state();
  }

  @Test
  void a_server_falls_after_so_many_failures_and_rises_after_so_many_successes() {
    LoadBalancer balancer = balancer(HealthDeclaration.of(check("x"), SECOND.rise(3).fall(2)));
    watching(balancer);
    failing.add("x 10.0.0.1:80");
    pass(1.999);
    assertThat(state(balancer, A)).as("failed once or twice").isIn("up", "down");
    pass(0.001);
    assertThat(state(balancer, A)).isEqualTo("down");
    assertThat(state(balancer, B)).isEqualTo("up");
    assertThat(events)
        .containsExactly("web: 10.0.0.1:80 down (2 checks failed: x refused); 1 of 2 servers left");
    failing.clear();
    pass(2);
    assertThat(state(balancer, A)).isEqualTo("down");
    pass(1);
    assertThat(state(balancer, A)).isEqualTo("up");
  }

  @Test
  void a_single_failure_among_successes_changes_nothing() {
    LoadBalancer balancer = balancer(HealthDeclaration.of(check("x"), SECOND.fall(2)));
    watching(balancer);
    for (int i = 0; i < 20; i++) {
      failing.add("x");
      pass(1);
      failing.clear();
      pass(1);
    }
    assertThat(events).isEmpty();
  }

  @Test
  void all_any_or_a_quorum_of_checks_decide() {
    CheckTiming quick = SECOND.fall(1).rise(1);
    List<CheckDeclaration> three =
        List.of(
            new CheckDeclaration(check("x"), CheckTarget.SERVER, quick),
            new CheckDeclaration(check("y"), CheckTarget.SERVER, quick),
            new CheckDeclaration(check("z"), CheckTarget.SERVER, quick));
    Map<Integer, Integer> failuresBorne = Map.of(3, 0, 2, 1, 1, 2);
    failuresBorne.forEach(
        (needed, borne) -> {
          LoadBalancer balancer = balancer(new HealthDeclaration(three, needed, false));
          HealthMonitor monitor = watching(balancer);
          failing.clear();
          int failed = 0;
          for (String name : List.of("x", "y", "z")) {
            failing.add(name);
            failed++;
            pass(1);
            assertThat(state(balancer, A))
                .as("%d needed, %d fail", needed, failed)
                .isEqualTo(failed <= borne ? "up" : "down");
          }
          monitor.close();
        });
    assertThat(events)
        .anySatisfy(
            event ->
                assertThat(event)
                    .contains("1 of 2 needed checks pass: function: check failed: x refused;"));
  }

  @Test
  void while_it_fails_it_is_checked_at_another_pace() {
    LoadBalancer balancer =
        balancer(
            HealthDeclaration.of(
                check("x"),
                CheckTiming.DEFAULT
                    .every(Duration.ofSeconds(10))
                    .whileFailing(Duration.ofSeconds(1))
                    .jitterPercent(0)));
    watching(balancer);
    pass(100);
    assertThat(tries).containsEntry("x 10.0.0.1:80", 10);
    failing.add("x");
    pass(10 + 2);
    assertThat(state(balancer, A)).isEqualTo("down");
    tries.clear();
    pass(20);
    assertThat(tries).containsEntry("x 10.0.0.1:80", 20);
    failing.clear();
    pass(2);
    assertThat(state(balancer, A)).isEqualTo("up");
    tries.clear();
    pass(100);
    assertThat(tries.get("x 10.0.0.1:80")).isBetween(10, 11);
  }

  @Test
  void first_tries_are_spread_over_the_interval_and_jitter_keeps_them_apart() {
    VirtualService.Builder service = VirtualService.inProcess("web");
    for (int i = 1; i <= 1000; i++) {
      service.realServer("10.0." + i / 256 + "." + i % 256 + ":80");
    }
    CheckTiming timing = CheckTiming.DEFAULT.every(Duration.ofSeconds(2)).jitterPercent(10);
    LoadBalancer balancer =
        LoadBalancer.builder(service.health(HealthDeclaration.of(check("x"), timing)).build())
            .ticker(ticker)
            .build();
    watching(balancer);
    pass(2);
    assertThat(times.size()).isBetween(1000, 1100); // 10 % early at most
    List<Integer> perTenth = new ArrayList<>(Collections.nCopies(20, 0));
    times.forEach(
        t ->
            perTenth.set(
                (int) Math.min(19, t.toMillis() / 100),
                1 + perTenth.get((int) Math.min(19, t.toMillis() / 100))));
    // 1,000 into 20: 50 each, six standard deviations of a binomial (6.9) apart; jitter adds a few
    assertThat(perTenth).allSatisfy(count -> assertThat(count).isBetween(8, 150));
    times.clear();
    pass(20);
    assertThat(times.size()).isBetween(9_700, 10_300);
  }

  @Test
  void servers_may_start_down_and_then_are_not_chosen_before_they_pass() {
    LoadBalancer balancer = balancer(HealthDeclaration.of(check("x"), SECOND).startingDown());
    assertThat(state(balancer, A)).as("even before a monitor knows it").isEqualTo("down");
    watching(balancer);
    assertThat(balancer.admit(Flow.any())).isNotInstanceOf(Connection.class);
    pass(2);
    assertThat(state(balancer, A)).isEqualTo("up");
  }

  @Test
  void a_try_that_hangs_fails_in_time_and_says_what_it_was_waiting_for() {
    LoadBalancer balancer = balancer(HealthDeclaration.of(check("x"), SECOND.fall(1)));
    watching(balancer);
    hang = true;
    pass(2);
    assertThat(status(balancer, A).down()).isNotNull();
    assertThat(String.valueOf(status(balancer, A).down()))
        .contains("check failed: timed out after 1s waiting for x");
    hanging.forEach(late -> late.complete(CheckResult.passed("late")));
    assertThat(state(balancer, A)).as("a late result is ignored").isEqualTo("down");
  }

  @Test
  void only_so_many_tries_run_at_once_and_the_others_wait() {
    LoadBalancer balancer = balancer(HealthDeclaration.of(check("x"), SECOND));
    HealthMonitor monitor = monitor(1);
    monitor.watch(balancer);
    hang = true;
    pass(1);
    assertThat(hanging).hasSize(1);
    assertThat(monitor.runner().running()).isEqualTo(1);
    assertThat(monitor.runner().waiting()).isEqualTo(1);
    hanging.get(0).complete(CheckResult.passed("slow"));
    ticker.advance(Duration.ZERO);
    assertThat(hanging).hasSize(2);
    assertThat(monitor.runner().waiting()).isZero();
  }

  @Test
  void a_try_that_was_due_while_the_last_one_waited_begins_when_that_has_ended() {
    LoadBalancer balancer = balancer(HealthDeclaration.of(check("x"), SECOND));
    monitor(1).watch(balancer);
    hang = true; // two servers, each a second per try, one at a time: half of what is due
    pass(20);
    assertThat(hanging.size()).isBetween(19, 20); // the first somewhere in the first second
    assertThat(tries.get("x 10.0.0.1:80")).isBetween(9, 11);
    assertThat(tries.get("x 10.0.0.2:80")).isBetween(9, 11);
  }

  @Test
  void a_reload_while_checks_fail_keeps_what_is_down_down_and_asks_no_more_often() {
    LoadBalancer balancer = balancer(HealthDeclaration.of(check("x"), SECOND.fall(1)));
    HealthMonitor monitor = watching(balancer);
    failing.add("x");
    pass(2);
    assertThat(state(balancer, A)).isEqualTo("down");
    tries.clear();
    for (int reload = 0; reload < 100; reload++) {
      balancer.apply(balancer.service().withWeight(A, 1 + reload % 3));
      monitor.watch(balancer);
      pass(0.1);
      assertThat(state(balancer, A)).isEqualTo("down");
    }
    assertThat(tries).containsEntry("x 10.0.0.1:80", 10).containsEntry("x 10.0.0.2:80", 10);
  }

  @Test
  void another_check_for_a_server_that_is_down_starts_from_down() {
    LoadBalancer balancer = balancer(HealthDeclaration.of(check("x"), SECOND.fall(1)));
    HealthMonitor monitor = watching(balancer);
    failing.add("x");
    pass(2);
    balancer.apply(
        balancer.service().toBuilder()
            .health(HealthDeclaration.of(check("y"), SECOND.rise(3)))
            .build());
    monitor.watch(balancer);
    pass(2);
    assertThat(state(balancer, A)).isEqualTo("down");
    pass(1);
    assertThat(state(balancer, A)).isEqualTo("up");
  }

  @Test
  void without_checks_a_verdict_is_taken_back() {
    LoadBalancer balancer = balancer(HealthDeclaration.of(check("x"), SECOND.fall(1)));
    HealthMonitor monitor = watching(balancer);
    failing.add("x");
    pass(2);
    balancer.apply(balancer.service().toBuilder().health(null).build());
    monitor.watch(balancer);
    ticker.advance(Duration.ZERO);
    assertThat(state(balancer, A)).isEqualTo("up");
  }

  @Test
  void a_server_may_be_checked_in_its_own_way() {
    RealServer own =
        RealServer.of(B).withHealth(HealthDeclaration.of(check("own"), SECOND.fall(1)));
    LoadBalancer balancer =
        LoadBalancer.builder(
                VirtualService.inProcess("web")
                    .health(HealthDeclaration.of(check("x"), SECOND.fall(1)))
                    .realServer("10.0.0.1:80")
                    .realServer(own)
                    .build())
            .ticker(ticker)
            .build();
    watching(balancer);
    failing.add("own");
    pass(2);
    assertThat(state(balancer, A)).isEqualTo("up");
    assertThat(state(balancer, B)).isEqualTo("down");
  }

  @Test
  void findings_survive_a_restart() {
    LoadBalancer first = balancer(HealthDeclaration.of(check("x"), SECOND.fall(1)));
    HealthMonitor before = watching(first);
    failing.add("x 10.0.0.1:80");
    pass(2);
    CompletableFuture<List<Finding>> findings = before.findings();
    ticker.advance(Duration.ZERO);
    before.close();

    LoadBalancer second = balancer(HealthDeclaration.of(check("x"), SECOND));
    HealthMonitor after = monitor(10);
    after.remember(findings.join());
    after.watch(second);
    ticker.advance(Duration.ZERO);
    assertThat(state(second, A)).isEqualTo("down");
    assertThat(String.valueOf(status(second, A).down()))
        .contains("x refused (known from before the start)");
    assertThat(state(second, B)).isEqualTo("up");
    failing.clear();
    pass(2);
    assertThat(state(second, A)).isEqualTo("up");
  }

  @Test
  void in_maintenance_nothing_is_tried() {
    LoadBalancer balancer = balancer(HealthDeclaration.of(check("x"), SECOND));
    watching(balancer);
    balancer.control().order(A, Orderer.OPERATOR, AdminOrder.of(Kind.MAINTENANCE, "alice", ""));
    pass(10);
    assertThat(tries).doesNotContainKey("x 10.0.0.1:80").containsEntry("x 10.0.0.2:80", 10);
    balancer.control().order(A, Orderer.OPERATOR, null);
    pass(10);
    assertThat(tries).containsEntry("x 10.0.0.1:80", 10);
  }

  @Test
  void a_check_can_be_tried_now() {
    LoadBalancer balancer = balancer(HealthDeclaration.of(check("x"), SECOND));
    HealthMonitor monitor = monitor(10);
    failing.add("x 10.0.0.1:80");
    CompletableFuture<CheckResult> a = monitor.checkNow(balancer, A);
    CompletableFuture<CheckResult> b = monitor.checkNow(balancer, B);
    ticker.advance(Duration.ZERO);
    assertThat(a.join()).isEqualTo(CheckResult.failed("x refused"));
    assertThat(b.join()).isEqualTo(CheckResult.passed("1 of 1 checks passed"));
  }

  @Test
  void a_check_that_tells_weights_sets_the_weight() {
    FunctionCheck weighing =
        new FunctionCheck(
            "weighing",
            attempt ->
                CompletableFuture.completedFuture(CheckResult.passed("exit 7").withWeight(5)));
    LoadBalancer balancer = balancer(HealthDeclaration.of(weighing, SECOND));
    watching(balancer);
    pass(1);
    assertThat(status(balancer, A).weight()).isEqualTo(5);
    assertThat(events)
        .contains("web: 10.0.0.1:80 weight 1 -> 5, check: weight 5 (weighing: exit 7)");
  }

  @Test
  void a_warning_of_a_check_is_shown_until_it_is_over() {
    FunctionCheck warning =
        new FunctionCheck(
            "tls",
            attempt -> {
              CheckResult passed = CheckResult.passed("ok");
              return CompletableFuture.completedFuture(
                  failing.contains("tls") ? passed.withWarning("expires soon") : passed);
            });
    LoadBalancer balancer = balancer(HealthDeclaration.of(warning, SECOND));
    watching(balancer);
    failing.add("tls");
    pass(5);
    assertThat(status(balancer, A).warnings()).containsEntry("tls", "expires soon");
    failing.clear();
    pass(5);
    assertThat(status(balancer, A).warnings()).isEmpty();
    assertThat(events).hasSize(4);
  }

  @Test
  void a_check_that_throws_or_cannot_run_is_a_failure() {
    FunctionCheck broken =
        new FunctionCheck(
            "broken",
            attempt -> {
              throw new IllegalStateException("bug");
            });
    LoadBalancer balancer = balancer(HealthDeclaration.of(broken, SECOND.fall(1)));
    watching(balancer);
    pass(1);
    assertThat(String.valueOf(status(balancer, A).down()))
        .contains("java.lang.IllegalStateException: bug");
    HealthCheck dataOnly = () -> "carrier-pigeon";
    try (Director director = Director.builder().health(monitor(1)).build()) {
      assertThatThrownBy(
              () ->
                  director.apply(
                      List.of(
                          VirtualService.inProcess("web")
                              .health(HealthDeclaration.of(dataOnly))
                              .build())))
          .hasMessage(
              "virtual service 'web': carrier-pigeon cannot be run (expected: a check that"
                  + " implements ActiveCheck)");
    }
  }

  @Test
  void an_order_ends_by_itself_and_a_drain_at_its_deadline() {
    LoadBalancer balancer = balancer(VirtualService.inProcess("web").scheduler("rr"));
    watching(balancer);
    Connection open = (Connection) balancer.admit(Flow.any());
    InetSocketAddress server = open.server().address();
    balancer
        .control()
        .order(
            server,
            Orderer.OPERATOR,
            AdminOrder.of(Kind.DRAIN, "alice", "disk")
                .deadline(ticker.now().plusSeconds(30))
                .until(ticker.now().plusSeconds(60)));
    pass(29);
    assertThat(events).hasSize(1);
    pass(1);
    assertThat(events.get(1))
        .isEqualTo(
            "web: 1 connections of "
                + open.server().name()
                + " are reset (the deadline of the drain has come)");
    pass(29);
    assertThat(state(balancer, server)).isEqualTo("drain");
    pass(1);
    assertThat(state(balancer, server)).isEqualTo("up");
    assertThat(events).hasSize(3);
  }

  @Test
  void an_order_that_has_run_out_while_its_server_was_away_ends_when_it_returns() {
    LoadBalancer balancer = balancer(VirtualService.inProcess("web"));
    watching(balancer);
    balancer
        .control()
        .order(
            A,
            Orderer.OPERATOR,
            AdminOrder.of(Kind.DRAIN, "alice", "disk").until(ticker.now().plusSeconds(60)));
    VirtualService with = balancer.service();
    balancer.apply(with.toBuilder().realServers(List.of(RealServer.of(B))).build());
    pass(100);
    balancer.apply(with);
    ticker.advance(Duration.ZERO);
    assertThat(state(balancer, A)).isEqualTo("up");
  }

  @ParameterizedTest
  @ValueSource(strings = {"wrr", "wlc", "sed", "nq", "swrr", "p2c", "ewma", "wlib", "twos", "mh"})
  void a_server_that_comes_back_takes_up_its_weight_slowly(String scheduler) {
    LoadBalancer balancer =
        balancer(
            VirtualService.inProcess("web")
                .scheduler(scheduler)
                .health(HealthDeclaration.of(check("x"), SECOND.fall(1).rise(1)))
                .slowStart(SlowStart.over(Duration.ofSeconds(100))));
    watching(balancer);
    pass(10);
    assertThat(status(balancer, A).weight()).as("at the start").isEqualTo(1);
    failing.add("x 10.0.0.1:80");
    pass(1);
    failing.clear();
    pass(1);
    assertThat(status(balancer, A).weight()).isEqualTo(0.1);
    pass(50);
    assertThat(status(balancer, A).weight()).isBetween(0.49, 0.53);
    assertThat(status(balancer, A).weightReason()).contains("slow start over 100s from 10 %");
    pass(50);
    assertThat(status(balancer, A).weight()).isEqualTo(1);
    assertThat(status(balancer, A).weightReason()).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"wrr", "swrr"})
  void in_a_slow_start_a_server_gets_the_part_of_the_flows_that_its_weight_is(String scheduler) {
    LoadBalancer balancer =
        balancer(
            VirtualService.inProcess("web")
                .scheduler(scheduler)
                .slowStart(SlowStart.over(Duration.ofSeconds(100))));
    watching(balancer);
    balancer.markDown(A, "test");
    balancer.markUp(A);
    ticker.advance(Duration.ZERO);
    int ofA = 0;
    for (int i = 0; i < 1100; i++) {
      try (Connection connection = (Connection) balancer.admit(Flow.any())) {
        ofA += connection.server().address().equals(A) ? 1 : 0;
      }
    }
    assertThat(ofA).as("10 of 110 in each round of ten").isEqualTo(100);
  }

  @Test
  void a_server_that_is_added_later_starts_slowly_too_and_one_that_leaves_is_forgotten() {
    LoadBalancer balancer =
        balancer(VirtualService.inProcess("web").slowStart(SlowStart.over(Duration.ofSeconds(10))));
    watching(balancer);
    VirtualService before = balancer.service();
    RealServer added = RealServer.of("10.0.0.3:80");
    balancer.apply(before.toBuilder().realServer(added).build());
    ticker.advance(Duration.ZERO);
    assertThat(status(balancer, added.address()).weight()).isEqualTo(0.1);
    balancer.apply(before);
    pass(20);
    balancer.apply(before.toBuilder().realServer(added).slowStart(null).build());
    ticker.advance(Duration.ZERO);
    assertThat(status(balancer, added.address()).weight()).isEqualTo(1);
  }
}

package io.jvs.resilience;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.balancing.Admission;
import io.jvs.balancing.Connection;
import io.jvs.balancing.Explanation;
import io.jvs.balancing.Failure;
import io.jvs.balancing.LoadBalancer;
import io.jvs.balancing.LoadBalancerEvent;
import io.jvs.health.CheckRunner;
import io.jvs.health.FunctionCheck;
import io.jvs.health.HealthMonitor;
import io.jvs.model.CheckDeclaration;
import io.jvs.model.CheckTarget;
import io.jvs.model.CheckTiming;
import io.jvs.model.Flow;
import io.jvs.model.HealthDeclaration;
import io.jvs.model.RealServer;
import io.jvs.model.StatusRanges;
import io.jvs.model.VirtualService;
import io.jvs.testkit.ManualExecutor;
import io.jvs.testkit.ManualTicker;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** On virtual time: four servers, of which some misbehave as the test says. */
class InBandHealthTest {
  private static final InBandDeclaration DECLARED =
      InBandDeclaration.DEFAULT
          .window(new Window.Time(Duration.ofSeconds(30)), 8)
          .slowCalls(Duration.ofMillis(500), 50)
          .consecutiveConnectFailures(3)
          .ejectionTime(new EjectionTime(Duration.ofSeconds(10), Duration.ofSeconds(60), 2, 0));

  private final ManualTicker ticker = new ManualTicker();
  private final ManualExecutor timer = new ManualExecutor(ticker);
  private final List<LoadBalancerEvent> events = new ArrayList<>();
  private final Map<String, Behaviour> behaviours = new HashMap<>();
  private final VirtualService service =
      VirtualService.inProcess("web")
          .scheduler("rr")
          .realServers(servers("10.0.0.1:80", "10.0.0.2:80", "10.0.0.3:80", "10.0.0.4:80"))
          .build();
  private final LoadBalancer balancer =
      LoadBalancer.builder(service).ticker(ticker).listener(events::add).build();
  private final HealthMonitor checks =
      new HealthMonitor(new CheckRunner(timer, timer, 10), new Random(1));
  private final InBandHealth inBand = new InBandHealth(timer, new Random(1), checks);

  /** How a server answers: how it fails or not, and after how long. */
  private record Behaviour(@Nullable Failure failure, Duration after) {
    static final Behaviour FINE = new Behaviour(null, Duration.ofMillis(5));
    static final Behaviour REFUSES = new Behaviour(Failure.NEVER_SENT, Duration.ZERO);
    static final Behaviour RESETS = new Behaviour(Failure.MAYBE_PROCESSED, Duration.ofMillis(5));
    static final Behaviour SLOW = new Behaviour(null, Duration.ofMillis(500));
  }

  private static List<RealServer> servers(String... names) {
    List<RealServer> servers = new ArrayList<>();
    for (String name : names) {
      servers.add(RealServer.of(name));
    }
    return servers;
  }

  @AfterEach
  void close() {
    inBand.close();
    timer.runDue();
  }

  private void watch(InBandDeclaration declared) {
    inBand.watch(balancer, declared);
    timer.runDue();
  }

  /** One connection after the other; who got them. */
  private List<String> connect(int count) {
    List<String> taken = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Admission admission = balancer.admit(Flow.any());
      if (admission instanceof Connection connection) {
        String name = connection.server().name();
        taken.add(name);
        Behaviour behaviour = behaviours.getOrDefault(name, Behaviour.FINE);
        ticker.advance(behaviour.after);
        if (behaviour.failure == null) {
          connection.answered();
          connection.close();
        } else {
          connection.fail(behaviour.failure, "as the test says");
        }
      }
      timer.runDue();
    }
    return taken;
  }

  private @Nullable String downReason(String server) {
    return events.stream()
        .filter(LoadBalancerEvent.ServerDown.class::isInstance)
        .map(LoadBalancerEvent.ServerDown.class::cast)
        .filter(down -> down.server().name().equals(server))
        .map(LoadBalancerEvent.ServerDown::reason)
        .reduce((first, last) -> last)
        .orElse(null);
  }

  private boolean isDown(String server) {
    return "down"
        .equals(Objects.requireNonNull(balancer.status(RealServer.of(server).address())).state());
  }

  private String explain(String server) {
    Explanation explanation = balancer.control().explain(RealServer.of(server).address());
    return explanation.toString();
  }

  @Test
  void a_server_that_refuses_is_out_after_three_connects_and_gets_nothing() {
    watch(DECLARED);
    behaviours.put("10.0.0.2:80", Behaviour.REFUSES);
    connect(12);
    assertThat(downReason("10.0.0.2:80"))
        .isEqualTo("in-band: 3 connects in a row failed (threshold 3), out for 10 s");
    assertThat(connect(12)).doesNotContain("10.0.0.2:80");
  }

  @Test
  void a_server_that_resets_is_out_when_enough_calls_have_been_seen() {
    watch(DECLARED);
    behaviours.put("10.0.0.3:80", Behaviour.RESETS);
    connect(4 * 7);
    assertThat(isDown("10.0.0.3:80")).isFalse();
    connect(4);
    assertThat(downReason("10.0.0.3:80"))
        .isEqualTo("in-band: 8 of 8 calls failed (100 %, threshold 50 %), out for 10 s");
    assertThat(explain("10.0.0.3:80")).contains("8 of 8 calls failed");
  }

  @Test
  void a_slow_server_is_out() {
    watch(DECLARED);
    behaviours.put("10.0.0.4:80", Behaviour.SLOW);
    connect(4 * 8);
    assertThat(downReason("10.0.0.4:80"))
        .isEqualTo(
            "in-band: 8 of 8 calls took 500 ms or longer (100 %, threshold 50 %), out for 10 s");
  }

  @Test
  void a_server_that_never_answers_is_out_though_its_clients_still_wait() {
    watch(DECLARED);
    List<Connection> waiting = new ArrayList<>();
    for (int i = 0; i < 32; i++) {
      Connection connection = (Connection) balancer.admit(Flow.any());
      if (connection.server().name().equals("10.0.0.1:80")) {
        waiting.add(connection);
      } else {
        connection.answered();
        connection.close();
      }
    }
    ticker.advance(Duration.ofMillis(499));
    waiting.forEach(Connection::stillUnanswered);
    timer.runDue();
    assertThat(isDown("10.0.0.1:80")).isFalse();
    ticker.advance(Duration.ofMillis(1));
    waiting.forEach(Connection::stillUnanswered);
    timer.runDue();
    assertThat(isDown("10.0.0.1:80")).isTrue();
    waiting.forEach(Connection::abandon);
  }

  @Test
  void a_busy_server_that_freezes_is_out_though_its_window_is_full_of_good_answers() {
    watch(DECLARED.consecutiveFailures(5));
    connect(4 * 500);
    List<Connection> waiting = freeze("10.0.0.1:80", 4);
    ticker.advance(Duration.ofMillis(500));
    waiting.forEach(Connection::stillUnanswered);
    timer.runDue();
    assertThat(isDown("10.0.0.1:80")).as("four hang, and nobody else asks").isFalse();
    waiting.addAll(freeze("10.0.0.1:80", 1));
    ticker.advance(Duration.ofMillis(500));
    waiting.forEach(Connection::stillUnanswered);
    timer.runDue();
    assertThat(downReason("10.0.0.1:80"))
        .isEqualTo(
            "in-band: 5 calls in a row failed or took 500 ms or longer (threshold 5), out for 10 s");
    waiting.forEach(Connection::abandon);
  }

  @Test
  void one_client_that_waits_again_and_again_shows_it_too_but_one_that_waits_for_ever_does_not() {
    watch(DECLARED.consecutiveFailures(5));
    connect(4 * 500);
    for (int wait = 1; wait <= 5; wait++) {
      assertThat(isDown("10.0.0.1:80")).isFalse();
      Connection hanging = freeze("10.0.0.1:80", 1).get(0);
      for (int look = 0; look < 20; look++) { // however long: it is one bad answer
        ticker.advance(Duration.ofMillis(250));
        hanging.stillUnanswered();
        timer.runDue();
      }
      hanging.abandon();
    }
    assertThat(isDown("10.0.0.1:80")).isTrue();
  }

  /** All others answer well; that one holds so many connections and says nothing. */
  private List<Connection> freeze(String server, int connections) {
    List<Connection> waiting = new ArrayList<>();
    while (waiting.size() < connections) {
      Connection connection = (Connection) balancer.admit(Flow.any());
      if (connection.server().name().equals(server)) {
        waiting.add(connection);
      } else {
        connection.answered();
        connection.close();
      }
    }
    return waiting;
  }

  @Test
  void one_good_answer_ends_the_row_also_if_it_was_asked_long_before() {
    watch(DECLARED.consecutiveFailures(5).slowCalls(Duration.ofSeconds(2), 50));
    connect(4 * 500);
    Connection old = freeze("10.0.0.1:80", 1).get(0);
    behaviours.put("10.0.0.1:80", Behaviour.RESETS);
    connect(4 * 4);
    old.answered();
    old.close();
    connect(4 * 4);
    assertThat(isDown("10.0.0.1:80")).isFalse();
    connect(4);
    assertThat(downReason("10.0.0.1:80"))
        .startsWith("in-band: 5 calls in a row failed or took 2 s or longer (threshold 5)");
  }

  @Test
  void without_slow_calls_a_row_of_slow_ones_is_none() {
    watch(DECLARED.consecutiveFailures(5).slowCalls(null, 50));
    behaviours.put("10.0.0.1:80", Behaviour.SLOW);
    connect(4 * 50);
    assertThat(events).isEmpty();
  }

  @Test
  void a_row_begins_anew_after_the_server_was_out() {
    watch(DECLARED.consecutiveFailures(5));
    connect(4 * 500);
    behaviours.put("10.0.0.1:80", Behaviour.RESETS);
    connect(4 * 5);
    assertThat(isDown("10.0.0.1:80")).isTrue();
    behaviours.clear();
    ticker.advance(Duration.ofSeconds(10));
    connect(8);
    behaviours.put("10.0.0.1:80", Behaviour.RESETS);
    connect(4 * 4);
    assertThat(isDown("10.0.0.1:80")).isFalse();
    connect(4);
    assertThat(isDown("10.0.0.1:80")).isTrue();
  }

  @Test
  void a_storm_of_failures_of_a_server_that_may_not_be_ejected_is_counted_to_an_end() {
    OutcomeCounts counts = new OutcomeCounts();
    for (int i = 0; i < OutcomeCounts.LONGEST_ROW + 10; i++) {
      counts.count(Failure.NEVER_SENT, false);
    }
    assertThat(counts.badInARow.get()).isEqualTo(OutcomeCounts.LONGEST_ROW);
    assertThat(counts.connectFailures.get()).isEqualTo(OutcomeCounts.LONGEST_ROW);
    counts.count(Failure.MAYBE_PROCESSED, false);
    assertThat(counts.badInARow.get()).isEqualTo(OutcomeCounts.LONGEST_ROW);
    assertThat(counts.connectFailures.get()).isZero();
    counts.count(null, true);
    assertThat(counts.badInARow.get()).isEqualTo(OutcomeCounts.LONGEST_ROW);
    counts.count(null, false);
    assertThat(counts.badInARow.get()).isZero();
  }

  @Test
  void a_server_that_answers_with_failed_statuses_is_out_and_one_that_speaks_otherwise_is_not() {
    watch(DECLARED.failedStatus(StatusRanges.parse("500-599 429")));
    Map<String, String> answers =
        Map.of(
            "10.0.0.1:80", "HTTP/1.1 503 Service Unavailable\r\n",
            "10.0.0.2:80", "HTTP/1.1 404 Not Found\r\n",
            "10.0.0.3:80", "-ERR 500\r\n",
            "10.0.0.4:80", "HTTP/1.1 50");
    for (int i = 0; i < 4 * 20; i++) {
      answer(answers);
    }
    assertThat(downReason("10.0.0.1:80"))
        .isEqualTo("in-band: 8 of 8 calls failed (100 %, threshold 50 %), out for 10 s");
    assertThat(events).hasSize(1);

    ticker.advance(Duration.ofSeconds(10));
    for (int i = 0; i < 8; i++) {
      answer(answers);
    }
    assertThat(explain("10.0.0.1:80"))
        .contains("then the connection on trial failed, maybe-processed, out for 20 s");
    ticker.advance(Duration.ofSeconds(20));
    for (int i = 0; i < 8; i++) {
      answer(Map.of("10.0.0.1:80", "HTTP/1.1 200 OK\r\n"));
    }
    assertThat(isDown("10.0.0.1:80")).isFalse();
  }

  /** As a transport does that sees bytes. */
  private void answer(Map<String, String> answers) {
    Connection connection = (Connection) balancer.admit(Flow.any());
    assertThat(connection.readsAnswers()).isTrue();
    String text = answers.getOrDefault(connection.server().name(), "HTTP/1.0 200 OK\r\n");
    connection.answered(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
    connection.close();
    timer.runDue();
  }

  @Test
  void bytes_are_asked_for_only_while_statuses_are_declared() {
    watch(DECLARED);
    assertThat(freeze("10.0.0.1:80", 1).get(0).readsAnswers()).isFalse();
    watch(DECLARED.failedStatus(StatusRanges.parse("500")));
    assertThat(freeze("10.0.0.1:80", 1).get(0).readsAnswers()).isTrue();
    inBand.forget(balancer);
    timer.runDue();
    assertThat(freeze("10.0.0.1:80", 1).get(0).readsAnswers()).isFalse();
  }

  @Test
  void time_in_which_nothing_was_asked_is_not_the_servers() {
    watch(DECLARED);
    for (int i = 0; i < 40; i++) {
      Connection connection = (Connection) balancer.admit(Flow.any());
      ticker.advance(Duration.ofSeconds(2));
      connection.excuse(Duration.ofSeconds(2).toNanos());
      ticker.advance(Duration.ofMillis(5));
      connection.answered();
      connection.close();
    }
    timer.runDue();
    assertThat(events).isEmpty();
  }

  @Test
  void clients_that_go_away_prove_nothing() {
    watch(DECLARED);
    for (int i = 0; i < 40; i++) {
      ((Connection) balancer.admit(Flow.any())).abandon();
    }
    ticker.advance(Duration.ofSeconds(2));
    assertThat(events).isEmpty();
  }

  @Test
  void failures_before_a_success_that_makes_them_enough_are_found_within_a_second() {
    watch(DECLARED);
    behaviours.put("10.0.0.1:80", Behaviour.RESETS);
    connect(4 * 5);
    behaviours.clear();
    connect(4 * 3);
    assertThat(isDown("10.0.0.1:80")).isFalse();
    ticker.advance(Duration.ofSeconds(1));
    assertThat(downReason("10.0.0.1:80"))
        .isEqualTo("in-band: 5 of 8 calls failed (62 %, threshold 50 %), out for 10 s");
  }

  @Test
  void what_was_long_ago_does_not_count_for_rates() {
    watch(DECLARED.consecutiveFailures(0));
    behaviours.put("10.0.0.1:80", Behaviour.RESETS);
    connect(4 * 7);
    ticker.advance(Duration.ofSeconds(31));
    connect(4 * 7);
    assertThat(isDown("10.0.0.1:80")).isFalse();
    connect(4);
    assertThat(isDown("10.0.0.1:80")).isTrue();
  }

  @Test
  void a_row_knows_no_time() {
    watch(DECLARED.consecutiveFailures(5));
    behaviours.put("10.0.0.1:80", Behaviour.RESETS);
    connect(4 * 4);
    ticker.advance(Duration.ofDays(1));
    assertThat(isDown("10.0.0.1:80")).isFalse();
    connect(4);
    assertThat(isDown("10.0.0.1:80")).isTrue();
  }

  @Test
  void a_window_of_calls_knows_no_time() {
    watch(DECLARED.window(new Window.Calls(10), 8));
    behaviours.put("10.0.0.1:80", Behaviour.RESETS);
    connect(4 * 7);
    ticker.advance(Duration.ofDays(1));
    connect(4);
    assertThat(isDown("10.0.0.1:80")).isTrue();
  }

  @Test
  void after_its_time_one_connection_is_let_through_and_brings_it_back() {
    watch(DECLARED);
    behaviours.put("10.0.0.2:80", Behaviour.REFUSES);
    connect(12);
    behaviours.clear();
    ticker.advance(Duration.ofMillis(9_900));
    assertThat(connect(8)).doesNotContain("10.0.0.2:80");
    ticker.advance(Duration.ofMillis(100));
    List<Connection> held = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      held.add((Connection) balancer.admit(Flow.any()));
    }
    List<Connection> onTrial =
        held.stream().filter(c -> c.server().name().equals("10.0.0.2:80")).toList();
    assertThat(onTrial).hasSize(1);
    onTrial.get(0).answered();
    timer.runDue();
    assertThat(isDown("10.0.0.2:80")).isFalse();
    assertThat(connect(8)).contains("10.0.0.2:80");
    held.forEach(Connection::close);
  }

  @Test
  void a_trial_that_fails_makes_it_longer_and_says_so() {
    watch(DECLARED);
    behaviours.put("10.0.0.2:80", Behaviour.REFUSES);
    connect(12);
    ticker.advance(Duration.ofSeconds(10));
    assertThat(connect(8)).containsOnlyOnce("10.0.0.2:80");
    assertThat(isDown("10.0.0.2:80")).isTrue();
    assertThat(explain("10.0.0.2:80"))
        .contains(
            "3 connects in a row failed (threshold 3); then the connection on trial failed,"
                + " never-sent, out for 20 s");
    ticker.advance(Duration.ofMillis(19_900));
    assertThat(connect(8)).doesNotContain("10.0.0.2:80");
    ticker.advance(Duration.ofMillis(100));
    assertThat(connect(8)).containsOnlyOnce("10.0.0.2:80");
    assertThat(explain("10.0.0.2:80")).contains("out for 40 s");
  }

  @Test
  void a_trial_that_is_too_slow_fails() {
    watch(DECLARED);
    behaviours.put("10.0.0.2:80", Behaviour.REFUSES);
    connect(12);
    behaviours.put("10.0.0.2:80", Behaviour.SLOW);
    ticker.advance(Duration.ofSeconds(10));
    assertThat(connect(8)).containsOnlyOnce("10.0.0.2:80");
    assertThat(explain("10.0.0.2:80"))
        .contains("then the connection on trial took 500 ms, out for 20 s");
  }

  @Test
  void answers_from_before_the_trial_decide_nothing() {
    watch(DECLARED);
    Connection old = null;
    while (old == null) {
      Connection connection = (Connection) balancer.admit(Flow.any());
      if (connection.server().name().equals("10.0.0.2:80")) {
        old = connection;
      } else {
        connection.close();
      }
    }
    behaviours.put("10.0.0.2:80", Behaviour.REFUSES);
    connect(12);
    ticker.advance(Duration.ofSeconds(10));
    old.answered();
    old.close();
    timer.runDue();
    assertThat(connect(8)).containsOnlyOnce("10.0.0.2:80");
    assertThat(isDown("10.0.0.2:80")).isTrue();
  }

  @Test
  void a_trial_whose_client_goes_away_is_offered_again() {
    watch(DECLARED);
    behaviours.put("10.0.0.2:80", Behaviour.REFUSES);
    connect(12);
    behaviours.clear();
    ticker.advance(Duration.ofSeconds(10));
    int tries = 0;
    for (int i = 0; i < 8; i++) {
      Connection connection = (Connection) balancer.admit(Flow.any());
      if (connection.server().name().equals("10.0.0.2:80")) {
        tries++;
        connection.abandon();
      } else {
        connection.close();
      }
    }
    timer.runDue();
    assertThat(tries).isEqualTo(1);
    assertThat(connect(8)).doesNotContain("10.0.0.2:80");
    ticker.advance(Duration.ofSeconds(10));
    assertThat(connect(8)).contains("10.0.0.2:80");
    assertThat(isDown("10.0.0.2:80")).isFalse();
  }

  @Test
  void ejections_in_a_row_grow_until_there_is_calm() {
    watch(DECLARED);
    for (String time : List.of("10 s", "20 s", "40 s", "60 s", "60 s")) {
      behaviours.put("10.0.0.2:80", Behaviour.REFUSES);
      connect(12);
      assertThat(downReason("10.0.0.2:80")).endsWith("out for " + time);
      behaviours.clear();
      ticker.advance(Duration.ofSeconds(60));
      connect(8);
      assertThat(isDown("10.0.0.2:80")).isFalse();
    }
    ticker.advance(Duration.ofMinutes(6));
    behaviours.put("10.0.0.2:80", Behaviour.REFUSES);
    connect(12);
    assertThat(downReason("10.0.0.2:80")).endsWith("out for 10 s");
  }

  @Test
  void no_more_servers_are_ejected_at_once_than_may_be() {
    watch(DECLARED.maxEjected(50));
    for (RealServer server : service.realServers()) {
      behaviours.put(server.name(), Behaviour.REFUSES);
    }
    for (int i = 0; i < 40; i++) {
      connect(4);
      ticker.advance(Duration.ofMillis(200));
      long down = service.realServers().stream().filter(s -> isDown(s.name())).count();
      assertThat(down).isLessThanOrEqualTo(2);
    }
    assertThat(events.stream().filter(LoadBalancerEvent.ServerDown.class::isInstance)).hasSize(2);
  }

  @Test
  void who_is_out_stays_out_over_changes_of_the_list_and_returns_as_it_left() {
    watch(DECLARED);
    behaviours.put("10.0.0.2:80", Behaviour.REFUSES);
    connect(12);
    balancer.apply(service.toBuilder().realServers(servers("10.0.0.1:80", "10.0.0.5:80")).build());
    timer.runDue();
    balancer.apply(service);
    timer.runDue();
    assertThat(isDown("10.0.0.2:80")).isTrue();
    assertThat(connect(8)).doesNotContain("10.0.0.2:80");
    behaviours.clear();
    ticker.advance(Duration.ofSeconds(10));
    assertThat(connect(8)).contains("10.0.0.2:80");
  }

  @Test
  void a_server_that_was_away_for_longest_ejection_time_is_a_new_one() {
    watch(DECLARED);
    behaviours.put("10.0.0.2:80", Behaviour.REFUSES);
    connect(12);
    balancer.apply(service.toBuilder().realServers(servers("10.0.0.1:80")).build());
    timer.runDue();
    ticker.advance(Duration.ofSeconds(60));
    balancer.apply(service);
    timer.runDue();
    assertThat(isDown("10.0.0.2:80")).isFalse();
  }

  @Test
  void the_same_declaration_again_keeps_what_was_counted_and_another_keeps_who_is_out() {
    watch(DECLARED);
    behaviours.put("10.0.0.1:80", Behaviour.REFUSES);
    behaviours.put("10.0.0.3:80", Behaviour.RESETS);
    connect(4 * 7);
    watch(DECLARED);
    connect(4);
    assertThat(isDown("10.0.0.3:80")).isTrue();
    watch(DECLARED.failureRate(90));
    assertThat(isDown("10.0.0.1:80")).isTrue();
    behaviours.clear();
    ticker.advance(Duration.ofSeconds(10));
    connect(12);
    assertThat(isDown("10.0.0.1:80")).isFalse();
    assertThat(isDown("10.0.0.3:80")).isFalse();
  }

  @Test
  void who_is_forgotten_returns() {
    watch(DECLARED);
    behaviours.put("10.0.0.1:80", Behaviour.REFUSES);
    connect(12);
    inBand.forget(balancer);
    timer.runDue();
    assertThat(isDown("10.0.0.1:80")).isFalse();
    connect(40);
    assertThat(isDown("10.0.0.1:80")).isFalse();
    ticker.advance(Duration.ofMinutes(2));
    timer.runDue();
  }

  @Test
  void the_fallback_is_never_judged() {
    balancer.apply(
        service.toBuilder().realServers(List.of()).fallback(RealServer.of("10.9.9.9:80")).build());
    watch(DECLARED);
    behaviours.put("10.9.9.9:80", Behaviour.REFUSES);
    connect(40);
    assertThat(events.stream().filter(LoadBalancerEvent.ServerDown.class::isInstance)).isEmpty();
  }

  @Test
  void with_confirmation_a_server_whose_check_passes_stays() {
    boolean[] passes = {true};
    confirmedBy(passes);
    behaviours.put("10.0.0.1:80", Behaviour.REFUSES);
    connect(12);
    ticker.advance(Duration.ofMillis(10));
    connect(8);
    assertThat(isDown("10.0.0.1:80")).isFalse();

    passes[0] = false;
    connect(12);
    ticker.advance(Duration.ofMillis(10));
    assertThat(downReason("10.0.0.1:80"))
        .isEqualTo(
            "in-band: 3 connects in a row failed (threshold 3); the check says no, out for 10 s");

    behaviours.clear(); // works for clients, but not for the check: no trial
    ticker.advance(Duration.ofSeconds(11));
    assertThat(connect(8)).doesNotContain("10.0.0.1:80");
    assertThat(explain("10.0.0.1:80")).contains("then the check says no, out for 20 s");

    passes[0] = true;
    ticker.advance(Duration.ofSeconds(21));
    assertThat(connect(8)).contains("10.0.0.1:80");
    assertThat(isDown("10.0.0.1:80")).isFalse();
  }

  private void confirmedBy(boolean[] passes) {
    HealthDeclaration health =
        HealthDeclaration.all(
            new CheckDeclaration(
                FunctionCheck.of("the check", server -> passes[0]),
                CheckTarget.SERVER,
                CheckTiming.DEFAULT));
    balancer.apply(service.toBuilder().health(health).build());
    watch(DECLARED.confirm(true));
  }
}

package io.jvs.resilience;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/**
 * What holds whatever was declared and counted. The outlier detection of another library was dead
 * for two years whenever two of its criteria were switched on, and idle hosts moved its mean
 * (apple/servicetalk#3550, #3551).
 */
class DetectorPropertiesTest {
  @Property
  void more_failures_never_make_a_server_look_healthier(
      @ForAll("declarations") InBandDeclaration declared,
      @ForAll("fleets") List<Statistics> fleet,
      @ForAll @IntRange(min = 0, max = 29) int which,
      @ForAll @IntRange(min = 1, max = 200) int more) {
    int server = which % fleet.size();
    Statistics before = fleet.get(server);
    Statistics after =
        new Statistics(
            before.calls(),
            Math.min(before.calls(), before.failures() + more),
            Math.min(before.calls(), before.slow() + more / 2),
            before.connectFailures() + more / 3,
            before.badInARow() + more / 4);
    Map<Integer, Statistics> seen = numbered(fleet);
    if (found(declared, seen).contains(server)) {
      seen.put(server, after);
      assertThat(found(declared, seen)).contains(server);
    }
  }

  @Property
  void fewer_failures_of_one_server_never_save_another(
      @ForAll("declarations") InBandDeclaration declared,
      @ForAll("fleets") List<Statistics> fleet,
      @ForAll @IntRange(min = 0, max = 29) int which) {
    Map<Integer, Statistics> seen = numbered(fleet);
    Set<Integer> byOwnNumbers = found(declared.successRateFactor(0), seen);
    int server = which % fleet.size();
    seen.put(server, new Statistics(fleet.get(server).calls(), 0, 0, 0, 0));
    byOwnNumbers.remove(server);
    assertThat(found(declared, seen)).containsAll(byOwnNumbers);
  }

  @Property
  void idle_servers_change_nothing_for_the_others_and_are_not_judged_by_rates(
      @ForAll("declarations") InBandDeclaration declared,
      @ForAll("fleets") List<Statistics> fleet,
      @ForAll @IntRange(min = 1, max = 50) int idle,
      @ForAll @IntRange(min = 0, max = 100) int failuresOfEach) {
    Map<Integer, Statistics> seen = numbered(fleet);
    Set<Integer> before = found(declared, seen);
    int calls = declared.minimumCalls() - 1;
    Statistics almostNothing =
        new Statistics(
            calls, Math.min(calls, failuresOfEach), Math.min(calls, failuresOfEach), 0, 0);
    for (int i = 0; i < idle; i++) {
      seen.put(fleet.size() + i, almostNothing);
    }
    assertThat(found(declared, seen)).isEqualTo(before);
  }

  @Property
  void below_the_minimum_of_calls_only_rows_eject(
      @ForAll("declarations") InBandDeclaration declared,
      @ForAll("fleets") List<Statistics> fleet) {
    Map<Integer, Statistics> seen = numbered(fleet);
    found(declared, seen)
        .forEach(
            server -> {
              Statistics statistics = fleet.get(server);
              boolean enough = statistics.calls() >= declared.minimumCalls();
              boolean byConnects =
                  declared.consecutiveConnectFailures() > 0
                      && statistics.connectFailures() >= declared.consecutiveConnectFailures();
              boolean byRow =
                  declared.consecutiveFailures() > 0
                      && statistics.badInARow() >= declared.consecutiveFailures();
              assertThat(enough || byConnects || byRow).isTrue();
            });
  }

  @Property
  void criteria_do_not_switch_each_other_off(
      @ForAll("declarations") InBandDeclaration declared,
      @ForAll("fleets") List<Statistics> fleet) {
    Map<Integer, Statistics> seen = numbered(fleet);
    InBandDeclaration none =
        declared
            .failureRate(0)
            .slowCalls(null, 50)
            .consecutiveConnectFailures(0)
            .consecutiveFailures(0)
            .successRateFactor(0);
    Set<Integer> union = new HashSet<>();
    union.addAll(found(none.failureRate(declared.failureRate()), seen));
    union.addAll(found(none.slowCalls(declared.slowCall(), declared.slowRate()), seen));
    union.addAll(
        found(none.consecutiveConnectFailures(declared.consecutiveConnectFailures()), seen));
    union.addAll(found(none.consecutiveFailures(declared.consecutiveFailures()), seen));
    union.addAll(found(none.successRateFactor(declared.successRateFactor()), seen));
    assertThat(found(none, seen)).isEmpty();
    assertThat(found(declared, seen)).isEqualTo(union);
  }

  @Property
  void the_order_of_the_servers_does_not_matter(
      @ForAll("declarations") InBandDeclaration declared,
      @ForAll("fleets") List<Statistics> fleet) {
    Map<Integer, Statistics> backwards = new LinkedHashMap<>();
    for (int i = fleet.size() - 1; i >= 0; i--) {
      backwards.put(i, fleet.get(i));
    }
    assertThat(found(declared, backwards)).isEqualTo(found(declared, numbered(fleet)));
  }

  private static Map<Integer, Statistics> numbered(List<Statistics> fleet) {
    Map<Integer, Statistics> seen = new LinkedHashMap<>();
    fleet.forEach(statistics -> seen.put(seen.size(), statistics));
    return seen;
  }

  private static Set<Integer> found(InBandDeclaration declared, Map<Integer, Statistics> seen) {
    return new HashSet<>(new HashMap<>(new Detector(declared).findings(seen)).keySet());
  }

  @Provide
  Arbitrary<InBandDeclaration> declarations() {
    return Combinators.combine(
            Arbitraries.integers().between(0, 100),
            Arbitraries.integers().between(1, 100),
            Arbitraries.of(true, false),
            Arbitraries.integers().between(0, 10),
            Arbitraries.integers().between(0, 20),
            Arbitraries.integers().between(1, 100),
            Arbitraries.of(0.0, 0.5, 1.0, 1.9, 3.0))
        .as(
            (failureRate, slowRate, slow, connects, row, minimum, factor) ->
                InBandDeclaration.DEFAULT
                    .failureRate(failureRate)
                    .slowCalls(slow ? Duration.ofSeconds(1) : null, slowRate)
                    .consecutiveConnectFailures(connects)
                    .consecutiveFailures(row)
                    .window(new Window.Calls(1000), minimum)
                    .successRateFactor(factor));
  }

  @Provide
  Arbitrary<List<Statistics>> fleets() {
    Arbitrary<Integer> share = Arbitraries.integers().between(0, 100);
    return Combinators.combine(
            Arbitraries.integers().between(0, 300),
            Arbitraries.frequencyOf(
                net.jqwik.api.Tuple.of(3, Arbitraries.integers().between(0, 10)),
                net.jqwik.api.Tuple.of(1, share)),
            share,
            Arbitraries.integers().between(0, 12),
            Arbitraries.integers().between(0, 22))
        .as(
            (calls, failed, slow, connects, row) ->
                new Statistics(calls, calls * failed / 100, calls * slow / 100, connects, row))
        .list()
        .ofMinSize(1)
        .ofMaxSize(30);
  }
}

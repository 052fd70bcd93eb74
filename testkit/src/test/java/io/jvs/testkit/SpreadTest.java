package io.jvs.testkit;

import static io.jvs.testkit.TestServer.server;
import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.model.SchedulerSpec;
import io.jvs.scheduling.KernelCompatibility;
import io.jvs.scheduling.Scheduler;
import io.jvs.scheduling.Schedulers;
import io.jvs.scheduling.Setup;
import io.jvs.scheduling.ZonePreference;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How the built-in policies spread flows that are done before the next one comes. */
class SpreadTest {
  private static final int PICKS = 20_000;

  private static Scheduler builtIn(String policy) {
    return Schedulers.builtIn().find(SchedulerSpec.of(policy));
  }

  private static Picks picks(Scheduler policy, FakeServerView view) {
    Setup setup =
        new Setup(Set.of(), new ManualTicker(), new Random(7), KernelCompatibility.NEWEST);
    return Picks.of(policy.prepare(view, setup), view, PICKS);
  }

  private static FakeServerView weighted() {
    return FakeServerView.of(
        server("a").weight(1), server("b").weight(2), server("c").weight(3), server("d").weight(4));
  }

  @ParameterizedTest
  @ValueSource(strings = {"p2c", "ewma"})
  void ties_between_idle_equals_are_fair(String policy) {
    Picks picks = picks(builtIn(policy), FakeServerView.ofSize(10));
    assertThat(picks.nobody()).isZero();
    assertThat(picks.chiSquare().probability()).as("%s", picks).isGreaterThan(0.001);
    assertThat(picks.longestRun()).isLessThan(10);
  }

  @ParameterizedTest
  @ValueSource(strings = {"rr", "swrr", "wlib"})
  void taking_turns_is_never_more_than_one_choice_from_fair(String policy) {
    assertThat(picks(builtIn(policy), FakeServerView.ofSize(10)).largestDeviation())
        .isLessThanOrEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"wrr", "swrr"})
  void weights_are_kept_in_the_long_run(String policy) {
    Picks picks = picks(builtIn(policy), weighted());
    assertThat(picks.counts())
        .isEqualTo(Map.of("a:80", 2000, "b:80", 4000, "c:80", 6000, "d:80", 8000));
    assertThat(picks.largestDeviation()).isLessThan(2); // swrr begins anywhere in its cycle
  }

  @ParameterizedTest
  @ValueSource(strings = {"rr", "swrr", "p2c", "ewma"})
  void a_zone_with_half_of_its_servers_out_keeps_seven_tenths(String policy) {
    FakeServerView view =
        FakeServerView.of(
            server("a1").metadata(Map.of("zone", "a")),
            server("a2").metadata(Map.of("zone", "a")).excluded(),
            server("b1").metadata(Map.of("zone", "b")),
            server("c1").metadata(Map.of("zone", "c")));
    Picks picks = picks(new ZonePreference(builtIn(policy), "a"), view);
    assertThat(picks.count("a1")).isEqualTo(PICKS * 7 / 10);
    assertThat(picks.chiSquare(Map.of("a1", 70.0, "b1", 15.0, "c1", 15.0)).probability())
        .as("%s", picks)
        .isGreaterThan(0.001);
  }
}

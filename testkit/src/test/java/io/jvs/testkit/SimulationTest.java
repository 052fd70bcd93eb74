package io.jvs.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.jvs.model.Flow;
import io.jvs.scheduling.Scheduler;
import io.jvs.scheduling.Scheduler.Selector;
import io.jvs.scheduling.Schedulers;
import io.jvs.scheduling.ServerView;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(QuietLog.class)
class SimulationTest {
  @Test
  void a_hundred_worlds_hold_for_a_thousand_steps() {
    for (long seed = 1; seed <= 100; seed++) {
      Simulation.of(seed).run(1_000).finish();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"rr", "wrr", "lc", "wlc"})
  void a_world_of_each_policy_holds_for_a_long_time(String scheduler) {
    SimulationSettings settings =
        SimulationSettings.of(scheduler).withLimits(true).withPersistence(true);
    Simulation.of(7, settings).run(10_000).finish();
  }

  @Test
  void the_same_seed_tells_the_same_story() {
    assertThat(failureOf(42)).hasMessage(failureOf(42).getMessage());
  }

  /** New seeds on every build: what a fixed list would never find. The seed is in the failure. */
  @Test
  @ExtendWith(JvsExtension.class)
  void worlds_that_nobody_has_seen_hold_too(RandomGenerator random) {
    for (int i = 0; i < 50; i++) {
      Simulation.of(random.nextLong()).run(1_000).finish();
    }
  }

  @Test
  void a_policy_that_chooses_quiesced_servers_is_caught_and_the_seed_is_told() {
    AssertionError caught = failureOf(42);

    assertThat(caught)
        .hasMessageContaining("of seed 42 (broken")
        .hasMessageContaining("weight 0")
        .hasMessageContaining("was chosen")
        .hasMessageContaining("again: Simulation.replay(42L, ")
        .hasMessageContaining("latest events:");
  }

  private static AssertionError failureOf(long seed) {
    Schedulers broken =
        Schedulers.builtIn().with(Scheduler.of("broken", SimulationTest::firstThatIsNotFullOrDown));
    SimulationSettings settings = SimulationSettings.of("broken").withSchedulers(broken);
    return catchThrowableOfType(
        AssertionError.class, () -> Simulation.replay(seed, 1_000, settings));
  }

  /** Forgets to look at the weight, as a policy of one's own might. */
  private static int firstThatIsNotFullOrDown(ServerView servers, Flow flow) {
    for (int i = 0; i < servers.size(); i++) {
      if (!servers.overloaded(i) && !servers.excluded(i)) {
        return i;
      }
    }
    return Selector.NONE;
  }
}

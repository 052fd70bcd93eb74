package io.jvs.testkit;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jvs.model.Flow;
import io.jvs.model.SchedulerSpec;
import io.jvs.scheduling.ListUpdate;
import io.jvs.scheduling.Scheduler;
import io.jvs.scheduling.Scheduler.Selector;
import io.jvs.scheduling.Schedulers;
import io.jvs.scheduling.ServerView;
import io.jvs.scheduling.Setup;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** All built-in policies keep the contract, a user's own can, and it notices who does not. */
class SchedulerContractTest {
  private static Scheduler builtIn(String name) {
    return Schedulers.builtIn().find(SchedulerSpec.of(name));
  }

  @Nested
  class RoundRobin implements SchedulerContract {
    @Override
    public Scheduler scheduler() {
      return builtIn("rr");
    }
  }

  @Nested
  class WeightedRoundRobin implements SchedulerContract {
    @Override
    public Scheduler scheduler() {
      return builtIn("wrr");
    }
  }

  @Nested
  class LeastConnection implements SchedulerContract {
    @Override
    public Scheduler scheduler() {
      return builtIn("lc");
    }
  }

  @Nested
  class WeightedLeastConnection implements SchedulerContract {
    @Override
    public Scheduler scheduler() {
      return builtIn("wlc");
    }
  }

  @Nested
  class ShortestExpectedDelay implements SchedulerContract {
    @Override
    public Scheduler scheduler() {
      return builtIn("sed");
    }
  }

  @Nested
  class NeverQueue implements SchedulerContract {
    @Override
    public Scheduler scheduler() {
      return builtIn("nq");
    }
  }

  @Nested
  class SmoothWeightedRoundRobin implements SchedulerContract {
    @Override
    public Scheduler scheduler() {
      return builtIn("swrr");
    }
  }

  @Nested
  class PowerOfTwoChoices implements SchedulerContract {
    @Override
    public Scheduler scheduler() {
      return builtIn("p2c");
    }
  }

  @Nested
  class PeakEwma implements SchedulerContract {
    @Override
    public Scheduler scheduler() {
      return builtIn("ewma");
    }
  }

  @Nested
  class WeightedLeastIncoming implements SchedulerContract {
    @Override
    public Scheduler scheduler() {
      return builtIn("wlib");
    }
  }

  /** The oldest server that is usable: a policy of one's own in eight lines. */
  private static final Scheduler OLDEST =
      Scheduler.of(
          "oldest",
          (servers, flow) -> {
            int i = servers.size() - 1;
            while (i >= 0 && !servers.eligible(i)) {
              i--;
            }
            return i; // NONE is -1
          });

  @Nested
  class OwnPolicy implements SchedulerContract {
    @Override
    public Scheduler scheduler() {
      return OLDEST;
    }
  }

  @Test
  void a_policy_that_forgets_limits_is_caught() {
    SchedulerContract forgetful =
        () -> Scheduler.of("forgetful", SchedulerContractTest::firstWithWeight);
    assertThatThrownBy(forgetful::nobody_is_chosen_when_all_are_full)
        .isInstanceOf(AssertionError.class);
    assertThatThrownBy(forgetful::only_usable_servers_are_chosen_whatever_happens_to_them)
        .isInstanceOf(AssertionError.class);
  }

  @Test
  void a_policy_that_allocates_is_caught() {
    SchedulerContract wasteful =
        () ->
            Scheduler.of(
                "wasteful",
                (servers, flow) -> {
                  List<Integer> usable = new ArrayList<>();
                  for (int i = 0; i < servers.size(); i++) {
                    if (servers.eligible(i)) {
                      usable.add(i);
                    }
                  }
                  return usable.isEmpty() ? Selector.NONE : usable.get(0);
                });
    assertThatThrownBy(wasteful::choosing_allocates_nothing).isInstanceOf(AssertionError.class);
  }

  @Test
  void a_policy_with_an_index_of_another_list_is_caught() {
    SchedulerContract stale =
        () ->
            new Scheduler() {
              @Override
              public String name() {
                return "stale";
              }

              @Override
              public Selector prepare(ServerView servers, Setup setup) {
                int last = servers.size() - 1;
                return (view, flow) -> last;
              }

              @Override
              public Selector update(Selector previous, ListUpdate update, Setup setup) {
                return prepare(update.before(), setup); // the list of yesterday
              }
            };
    assertThatThrownBy(stale::the_list_may_change_in_any_way_between_choices)
        .isInstanceOf(AssertionError.class);
  }

  private static int firstWithWeight(ServerView servers, Flow flow) {
    for (int i = 0; i < servers.size(); i++) {
      if (servers.weight(i) > 0 && !servers.excluded(i)) {
        return i;
      }
    }
    return Selector.NONE;
  }
}

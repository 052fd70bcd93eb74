package io.jvs.scheduling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jvs.model.SchedulerSpec;
import org.junit.jupiter.api.Test;

class SchedulersTest {
  private static final Scheduler FIRST =
      Scheduler.of("first", (servers, flow) -> servers.size() > 0 ? 0 : Scheduler.Selector.NONE);

  @Test
  void the_built_in_ones_have_the_kernels_names() {
    assertThat(Schedulers.builtIn().names()).contains("rr", "wrr", "lc", "wlc", "sed", "nq");
  }

  @Test
  void a_policy_of_ones_own_is_found_by_its_name() {
    Schedulers known = Schedulers.builtIn().with(FIRST);
    assertThat(known.find(SchedulerSpec.of("first"))).isSameAs(FIRST);
    assertThat(Schedulers.builtIn().names()).doesNotContain("first");
  }

  @Test
  void an_unknown_name_is_refused_with_the_known_ones() {
    assertThatThrownBy(() -> Schedulers.builtIn().find(SchedulerSpec.of("wcl")))
        .hasMessage(
            "unknown scheduler 'wcl' (expected: one of " + Schedulers.builtIn().names() + ")");
  }

  @Test
  void a_flag_that_the_scheduler_does_not_have_is_refused() {
    assertThatThrownBy(() -> Schedulers.builtIn().find(SchedulerSpec.of("rr", "sh-port")))
        .hasMessage("scheduler 'rr' has no flag 'sh-port' (expected: no flags)");
  }

  @Test
  void a_name_can_be_taken_once() {
    assertThatThrownBy(() -> Schedulers.builtIn().with(new RoundRobin()))
        .hasMessage(
            "scheduler 'rr' exists already (expected: a name other than "
                + Schedulers.builtIn().names()
                + ")");
  }

  @Test
  void a_policys_name_must_be_one_the_kernel_could_take() {
    assertThatThrownBy(() -> Schedulers.builtIn().with(Scheduler.of("My Policy", (s, f) -> 0)))
        .hasMessageContaining("scheduler 'My Policy' (expected: at most 15 lower-case letters");
  }
}

package io.jvs.health;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class HealthStateTest {
  private static HealthState after(String results, int rise, int fall) {
    HealthState state = HealthState.INITIAL;
    for (int i = 0; i < results.length(); i++) {
      state = state.after(results.charAt(i) == '+', rise, fall);
    }
    return state;
  }

  @Test
  void a_server_is_up_until_checks_say_otherwise() {
    assertThat(HealthState.INITIAL.up()).isTrue();
    assertThat(after("--", 2, 3).up()).isTrue();
    assertThat(after("---", 2, 3).up()).isFalse();
  }

  @Test
  void one_success_forgives_all_failures_before_it() {
    assertThat(after("--+--+--", 2, 3).up()).isTrue();
  }

  @Test
  void it_takes_several_successes_in_a_row_to_come_back() {
    assertThat(after("---+", 2, 3).up()).isFalse();
    assertThat(after("---+-+", 2, 3).up()).isFalse();
    assertThat(after("---++", 2, 3).up()).isTrue();
  }

  @Test
  void the_verdict_changes_only_after_as_many_equal_results_in_a_row_as_declared() {
    Random random = new Random(7);
    for (int run = 0; run < 200; run++) {
      int rise = 1 + random.nextInt(4);
      int fall = 1 + random.nextInt(4);
      HealthState state = HealthState.INITIAL;
      int streak = 0;
      boolean last = true;
      for (int i = 0; i < 100; i++) {
        boolean passed = random.nextBoolean();
        streak = passed == last ? streak + 1 : 1;
        last = passed;
        HealthState next = state.after(passed, rise, fall);
        if (next.up() != state.up()) {
          assertThat(streak).isGreaterThanOrEqualTo(passed ? rise : fall);
        }
        if (streak >= (passed ? rise : fall)) {
          assertThat(next.up()).isEqualTo(passed);
        }
        state = next;
      }
    }
  }
}

package io.jvs.benchmarks.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;

class OptionsTest {
  @Test
  void a_full_run_has_at_least_five_rounds_and_can_have_other_numbers() {
    assertThat(Options.parse(List.of("--full")).rounds()).isGreaterThanOrEqualTo(5);
    assertThat(Options.parse(List.of("--rounds", "11", "--full")).rounds()).isEqualTo(11);
  }

  @Test
  void engines_are_a_list() {
    assertThat(Options.parse(List.of()).engines()).containsExactly("auto");
    assertThat(Options.parse(List.of("--engine", "epoll,nio")).engines())
        .containsExactly("epoll", "nio");
  }

  @Test
  void what_is_wrong_is_named() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Options.parse(List.of("--rounds", "0")))
        .withMessage("--rounds 0 (expected: a number from 1.0 to 1000.0)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Options.parse(List.of("--seconds", "long")))
        .withMessageStartingWith("--seconds long (expected: ");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Options.parse(List.of("--quick")))
        .withMessageStartingWith("--quick: unknown, or its value is missing\nusage: ");
  }
}

package io.jvs.scheduling;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The numbers were read from a running kernel's ip_vs_stats. */
class RateEstimateTest {
  @Test
  void a_constant_rate_is_reached_step_by_step_and_left_in_the_same_way() {
    RateEstimate estimate = RateEstimate.from(5_000);
    long count = 5_000;
    int[] shown = new int[12];
    for (int i = 0; i < 8; i++) {
      count += 2_000;
      estimate = estimate.tick(count);
      shown[i] = (int) estimate.bytesPerSecond();
    }
    for (int i = 8; i < 12; i++) {
      estimate = estimate.tick(count);
      shown[i] = (int) estimate.bytesPerSecond();
    }
    assertThat(shown).containsExactly(250, 437, 578, 684, 763, 822, 866, 900, 675, 506, 380, 285);
  }

  @Test
  void ticks_that_nobody_took_are_made_up_for_evenly() {
    RateEstimate inTime = RateEstimate.from(0);
    for (int i = 1; i <= 5; i++) {
      inTime = inTime.tick(i * 700L);
    }
    assertThat(RateEstimate.from(0).tick(3_500, 5)).isEqualTo(inTime);
  }

  @Test
  void after_a_long_pause_the_rate_is_that_of_the_pause() {
    RateEstimate busy =
        IntStream.rangeClosed(1, 50)
            .boxed()
            .reduce(RateEstimate.from(0), (e, i) -> e.tick(i * 2_000_000L), (a, b) -> b);
    assertThat(busy.bytesPerSecond()).isBetween(999_990L, 1_000_000L);
    assertThat(busy.tick(100_000_000L, 1_000_000).bytesPerSecond()).isZero();
  }
}

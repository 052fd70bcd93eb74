package io.jvs.scheduling;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.model.Flow;
import io.jvs.scheduling.Scheduler.Selector;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where a counter of 31 or 32 bits would wrap, turns go on as before. */
class TurnsTest {
  private final ServerView three =
      new ServerTable(new RoundRobin()).add("a", 1).add("b", 1).add("c", 1).view();

  @ParameterizedTest
  @ValueSource(longs = {(1L << 31) - 5, (1L << 32) - 5, (1L << 33) - 5})
  void rr_goes_on_in_its_order(long taken) {
    Selector turns = new RoundRobin.Turns(3, taken);
    for (long turn = taken; turn < taken + 10; turn++) {
      assertThat(turns.select(three, Flow.any())).isEqualTo((int) (turn % 3));
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {(1L << 31) - 5, (1L << 32) - 5, (1L << 33) - 5})
  void swrr_goes_on_in_its_order(long taken) {
    int[] cycle = {2, 0, 2, 1, 2};
    Selector turns = new SmoothWeightedRoundRobin.Turns(cycle, taken);
    for (long turn = taken; turn < taken + 10; turn++) {
      assertThat(turns.select(three, Flow.any())).isEqualTo(cycle[(int) (turn % 5)]);
    }
  }
}

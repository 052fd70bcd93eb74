package io.jvs.balancing;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.model.ConnectionLimits;
import io.jvs.model.WeightCorrection;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class LimitCorrectionTest {
  private static final ConnectionLimits HUNDRED = ConnectionLimits.upTo(100);

  private final LimitCorrection correction =
      new LimitCorrection(new WeightCorrection(75, 10, 5)); // a step is 5 connections of 100 wide

  private List<Integer> weightsAlong(int... connections) {
    List<Integer> weights = new ArrayList<>();
    int level = 0;
    for (int count : connections) {
      level = correction.next(level, HUNDRED, count);
      weights.add(weight(correction, level, 200));
    }
    return weights;
  }

  /** As carried by a policy that counts in whole weights. */
  private static int weight(LimitCorrection correction, int level, int configured) {
    WeightAdjustment adjustment = correction.adjustment(level, HUNDRED, 0);
    return ServerState.carried(adjustment == null ? configured : adjustment.apply(configured), 1);
  }

  @Test
  void the_weight_falls_in_steps_between_the_start_and_the_limit() {
    assertThat(weightsAlong(0, 75, 79, 80, 84, 85, 90, 95, 99, 100))
        .containsExactly(200, 200, 200, 164, 164, 128, 92, 56, 56, 20);
  }

  @Test
  void it_rises_again_a_step_later_than_it_fell() {
    assertThat(weightsAlong(100, 95, 94, 90, 89, 80, 79, 75, 74, 0))
        .containsExactly(20, 20, 56, 56, 92, 128, 164, 164, 200, 200);
  }

  @Test
  void connections_that_come_and_go_at_an_edge_move_nothing() {
    assertThat(weightsAlong(79, 80, 79, 80, 79, 76, 80, 75))
        .containsExactly(200, 164, 164, 164, 164, 164, 164, 164);
  }

  @Test
  void a_server_that_crosses_several_steps_at_once_takes_them_all() {
    assertThat(weightsAlong(0, 100, 0)).containsExactly(200, 20, 200);
  }

  @Test
  void a_quiesced_server_stays_quiesced_and_no_other_becomes_so() {
    assertThat(weight(correction, 5, 0)).isZero();
    assertThat(weight(correction, 5, 1)).isEqualTo(1);
    assertThat(weight(correction, 5, 9)).isEqualTo(1);
  }

  @Test
  void without_an_upper_limit_there_is_nothing_to_near() {
    assertThat(correction.next(3, ConnectionLimits.NONE, 1_000_000)).isZero();
  }

  @Test
  void the_reason_is_for_people() {
    WeightAdjustment adjustment = correction.adjustment(2, HUNDRED, 87);
    assertThat(adjustment).isNotNull();
    assertThat(adjustment.value() + " " + adjustment.reason())
        .isEqualTo("64 % at 87 of 100 connections");
  }

  @Property
  void weights_stay_within_bounds_and_more_connections_never_raise_them(
      @ForAll @IntRange(min = 1, max = 99) int start,
      @ForAll @IntRange(min = 1, max = 99) int minimum,
      @ForAll @IntRange(min = 1, max = 100) int steps,
      @ForAll @IntRange(min = 1) int upper,
      @ForAll @IntRange(min = 0, max = 65_535) int configured,
      @ForAll @IntRange(min = 0, max = 100) int level,
      @ForAll @IntRange(min = 0) int fewer,
      @ForAll @IntRange(min = 0) int more) {
    LimitCorrection any = new LimitCorrection(new WeightCorrection(start, minimum, steps));
    ConnectionLimits limits = ConnectionLimits.upTo(upper);
    int low = any.next(level, limits, Math.min(fewer, more));
    int high = any.next(level, limits, Math.max(fewer, more));
    assertThat(low).isBetween(0, steps).isLessThanOrEqualTo(high);
    assertThat(high).isLessThanOrEqualTo(steps);
    int weight = weight(any, high, configured);
    assertThat(weight).isLessThanOrEqualTo(weight(any, low, configured));
    assertThat(weight).isBetween(configured == 0 ? 0 : 1, configured);
    assertThat(any.next(high, limits, Math.max(fewer, more))).as("settled").isEqualTo(high);
    assertThat(any.next(level, limits, 0)).as("empty again").isZero();
    assertThat(any.next(level, limits, upper)).as("full").isEqualTo(steps);
  }

  /**
   * From a change to the one back, at least as many connections as a step is wide, rounded down.
   */
  @Property
  void a_change_back_needs_a_real_move(
      @ForAll @IntRange(min = 1, max = 99) int start,
      @ForAll @IntRange(min = 1, max = 100) int steps,
      @ForAll @IntRange(min = 1, max = 1_000_000) int upper,
      @ForAll List<@IntRange(min = -1000, max = 1000) Integer> moves) {
    LimitCorrection any = new LimitCorrection(new WeightCorrection(start, 10, steps));
    ConnectionLimits limits = ConnectionLimits.upTo(upper);
    long width = (long) upper * (100 - start) / (100L * steps);
    int connections = upper;
    int level = any.next(0, limits, connections);
    int changedAt = connections;
    int direction = 1;
    for (int move : moves) {
      connections = Math.max(0, Math.min(upper, connections + move));
      int next = any.next(level, limits, connections);
      if (next != level) {
        int now = Integer.signum(next - level);
        if (now != direction) {
          assertThat((long) Math.abs(connections - changedAt)).isGreaterThanOrEqualTo(width);
        }
        direction = now;
        changedAt = connections;
        level = next;
      }
    }
  }
}

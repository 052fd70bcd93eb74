package io.jvs.scheduling;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.balancing.FakeTicker;
import io.jvs.model.Flow;
import io.jvs.scheduling.KernelList.Row;
import io.jvs.scheduling.Scheduler.Selector;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class WeightedTwoChoicesTest {
  private final Draws draws = new Draws();
  private final KernelList list = KernelList.of("twos");

  /** Numbers that the test has laid down. */
  private static final class Draws implements RandomGenerator {
    private final Queue<Long> next = new ArrayDeque<>();
    private long bound;

    @Override
    public long nextLong() {
      return Objects.requireNonNull(next.poll());
    }

    @Override
    public long nextLong(long newBound) {
      bound = newBound;
      return nextLong();
    }
  }

  private int pick(long draw1, long draw2) {
    draws.next.addAll(List.of(draw1, draw2));
    Setup setup = new Setup(Set.of(), new FakeTicker(), draws, KernelCompatibility.LINUX_6_1);
    Selector selector = new WeightedTwoChoices().prepare(list.view(), setup);
    return selector.select(list.view(), Flow.any());
  }

  @Test
  void each_draw_falls_to_a_server_by_weight_and_the_first_has_a_ticket_more() {
    list.add("10.9.0.3:80", 3);
    list.add("10.9.0.2:80", 0);
    list.add("10.9.0.1:80", 2);
    int[] owner = {0, 0, 0, 2, 2, 2}; // of the tickets 0 to 5
    for (int draw1 = 0; draw1 <= 5; draw1++) {
      for (int draw2 = 0; draw2 <= 5; draw2++) {
        assertThat(pick(draw1, draw2)).isEqualTo(owner[draw1]); // equals: the first choice
        assertThat(draws.bound).isEqualTo(6);
      }
    }
    list.rows().get(2).counts(0, 3); // 1 each
    list.rows().get(0).counts(0, 2);
    assertThat(pick(0, 3)).isZero();
    list.rows().get(0).counts(0, 3);
    assertThat(pick(0, 3)).isEqualTo(2);
    assertThat(pick(3, 0)).isEqualTo(2);
  }

  @Test
  void only_usable_servers_have_tickets() {
    list.add("10.9.0.4:80", 4).excluded = true;
    list.add("10.9.0.3:80", 3).overloaded = true;
    list.add("10.9.0.2:80", 2);
    list.add("10.9.0.1:80", 1);
    assertThat(pick(3, 3)).isEqualTo(1);
    assertThat(draws.bound).isEqualTo(4);
    list.rows().get(0).excluded = true;
    list.rows().get(1).excluded = true;
    draws.next.clear();
    assertThat(pick(0, 0)).isEqualTo(Selector.NONE);
  }

  @Test
  void products_wrap_at_32_bits_as_in_the_kernel() {
    Row first = list.add("10.9.0.2:80", 65_535);
    Row other = list.add("10.9.0.1:80", 1);
    first.counts(0, 40_000); // 1 * 40,000, against 65,535 * 40,000 that wraps to a negative number
    other.counts(0, 40_000);
    assertThat(pick(0, 65_536)).isZero();
  }

  @Test
  void with_real_chance_all_usable_servers_get_some() {
    list.add("10.9.0.2:80", 1);
    list.add("10.9.0.1:80", 1);
    Setup setup = new Setup(Set.of(), new FakeTicker(), new Random(1), KernelCompatibility.NEWEST);
    Selector selector = new WeightedTwoChoices().prepare(list.view(), setup);
    int[] picks = new int[2];
    for (int i = 0; i < 9_000; i++) {
      picks[selector.select(list.view(), Flow.any())]++;
    }
    // Two tickets of three; the standard deviation is 45.
    assertThat(picks[0]).isBetween(6_000 - 225, 6_000 + 225);
  }
}

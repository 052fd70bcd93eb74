package io.jvs.resilience;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jvs.testkit.ManualTicker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class RetryBudgetTest {
  private static final int THREADS = 4;

  private final ManualTicker ticker = new ManualTicker();

  @Test
  void a_share_of_the_calls_and_a_minimum_may_be_tried_again() {
    RetryBudget budget = new RetryBudget(20, 1, Duration.ofSeconds(10), ticker);
    for (int i = 0; i < 100; i++) {
      budget.called();
    }
    assertThat(taken(budget)).isEqualTo(20 + 10);
    ticker.advance(Duration.ofSeconds(9));
    assertThat(taken(budget)).isZero();
    ticker.advance(Duration.ofSeconds(1));
    assertThat(taken(budget)).isEqualTo(10);
  }

  @Test
  void nothing_may_be_tried_again_without_a_budget() {
    RetryBudget budget = new RetryBudget(0, 0, Duration.ofSeconds(10), ticker);
    budget.called();
    assertThat(budget.take()).isFalse();
  }

  @Property(tries = 200)
  void over_any_window_there_are_no_more_tries_than_that(
      @ForAll List<@IntRange(min = 0, max = 40) Integer> steps,
      @ForAll @IntRange(min = 0, max = 100) int percent,
      @ForAll @IntRange(min = 0, max = 3) int minimum) {
    ManualTicker time = new ManualTicker();
    RetryBudget budget = new RetryBudget(percent, minimum, Duration.ofSeconds(3), time);
    List<int[]> seconds = new ArrayList<>();
    for (int calls : steps) {
      int tries = 0;
      for (int i = 0; i < calls; i++) {
        budget.called();
        tries += budget.take() ? 1 : 0;
      }
      seconds.add(new int[] {calls, tries});
      time.advance(Duration.ofSeconds(1));
      int from = Math.max(0, seconds.size() - 3);
      int inWindow = seconds.subList(from, seconds.size()).stream().mapToInt(s -> s[0]).sum();
      int tried = seconds.subList(from, seconds.size()).stream().mapToInt(s -> s[1]).sum();
      // When a second leaves the window, so do its calls, but tries made on their account stay.
      int before = from == 0 ? 0 : seconds.get(from - 1)[0];
      int before2 = from < 2 ? 0 : seconds.get(from - 2)[0];
      assertThat(tried)
          .isLessThanOrEqualTo(3 * minimum + (inWindow + before + before2) * percent / 100);
    }
  }

  @Test
  void threads_together_take_hardly_more_than_one() throws Exception {
    RetryBudget budget = new RetryBudget(0, 1000, Duration.ofSeconds(1), ticker);
    AtomicInteger taken = new AtomicInteger();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      Thread thread =
          new Thread(
              () -> {
                while (budget.take()) {
                  taken.incrementAndGet();
                }
              });
      threads.add(thread);
      thread.start();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(taken.get()).isBetween(1000, 1000 + THREADS - 1);
  }

  @Test
  void wrong_values_are_refused() {
    assertThatThrownBy(() -> new RetryBudget(-1, 0, Duration.ofSeconds(1), ticker))
        .hasMessage("retry budget -1 % (expected: 0 to 1000 %)");
    assertThatThrownBy(() -> new RetryBudget(20, -1, Duration.ofSeconds(1), ticker))
        .hasMessage("retry budget of at least -1 per second (expected: 0 to 100000)");
    assertThatThrownBy(() -> new RetryBudget(20, 10, Duration.ofMillis(1), ticker))
        .hasMessage("retry budget over 1ms (expected: whole seconds, 1s to 60s)");
  }

  private static int taken(RetryBudget budget) {
    int count = 0;
    while (budget.take()) {
      count++;
    }
    return count;
  }
}

package io.jvs.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.model.ServiceLimits.Rate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BucketTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  @Test
  void a_burst_comes_at_once_and_then_one_each_interval() {
    Pace pace = pace(new Rate(10, SECOND, 3));
    Bucket bucket = new Bucket();
    assertThat(admitted(bucket, pace, 0, 5)).isEqualTo(3);
    assertThat(admitted(bucket, pace, 99_999_999, 5)).isZero();
    assertThat(admitted(bucket, pace, 100_000_000, 5)).isEqualTo(1);
    assertThat(admitted(bucket, pace, 10_000_000_000L, 5)).isEqualTo(3);
  }

  /** Whatever comes when: in no window more than burst and what the window's length allows. */
  @Property(tries = 300)
  void no_window_has_more_than_the_rate_and_a_burst(
      @ForAll @IntRange(min = 1, max = 1000) int count,
      @ForAll @IntRange(min = 1, max = 100_000) int perMillis,
      @ForAll @IntRange(min = 1, max = 20) int burst,
      @ForAll long seed) {
    Rate rate = new Rate(count, Duration.ofMillis(perMillis), burst);
    Pace pace = pace(rate);
    SplittableRandom chance = new SplittableRandom(seed);
    Bucket bucket = new Bucket();
    List<Long> times = new ArrayList<>();
    long now = 0;
    for (int i = 0; i < 400; i++) {
      now += chance.nextInt(10) < 3 ? 0 : chance.nextLong(2 * pace.intervalNanos() + 1);
      if (bucket.take(pace, now)) {
        times.add(now);
      }
    }
    double perNano = (double) count / rate.per().toNanos();
    for (int from = 0; from < times.size(); from++) {
      for (int to = from; to < times.size(); to++) {
        long length = times.get(to) - times.get(from);
        assertThat(to - from + 1.0)
            .as("admitted within %s ns by %s", length, rate)
            .isLessThanOrEqualTo(burst + length * perNano + 1e-6);
      }
    }
  }

  /** The other half of the promise: whoever keeps to the rate is never refused. */
  @Property(tries = 200)
  void who_comes_in_time_is_let_in(
      @ForAll @IntRange(min = 1, max = 1000) int count, @ForAll @IntRange(max = 1000) int late) {
    Pace pace = pace(new Rate(count, SECOND, 1));
    Bucket bucket = new Bucket();
    for (long i = 0; i < 100; i++) {
      assertThat(bucket.take(pace, i * pace.intervalNanos() + Math.min(i, late))).isTrue();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "1, 86400000, 1000000000", // a burst of 2.7 million years
    "1000000000, 1, 1000000000",
    "1000000000, 86400000, 1"
  })
  void the_widest_rates_do_not_overflow(int count, long perMillis, int burst) {
    Pace pace = pace(new Rate(count, Duration.ofMillis(perMillis), burst));
    Bucket bucket = new Bucket();
    long now = Duration.ofDays(365 * 50).toNanos();
    assertThat(pace.intervalNanos()).isPositive();
    assertThat(pace.toleranceNanos()).isNotNegative();
    assertThat(admitted(bucket, pace, now, 3)).isEqualTo(Math.min(burst, 3));
  }

  @Test
  void what_a_slower_pace_had_used_up_is_not_held_against_the_client_for_ever() {
    Pace slow = pace(Rate.of(100, Duration.ofDays(1)));
    Pace fast = pace(Rate.of(10, SECOND));
    Bucket bucket = new Bucket();
    assertThat(admitted(bucket, slow, 0, 200)).isEqualTo(100); // as good as a day ahead
    assertThat(bucket.take(fast, 0)).isFalse();
    assertThat(bucket.take(fast, 100_000_000)).isTrue();
    assertThat(bucket.take(fast, 100_000_000)).isFalse();
  }

  @Test
  void threads_that_come_at_once_get_no_more_than_the_burst() throws Exception {
    Pace pace = pace(new Rate(1, Duration.ofDays(1), 1000));
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      Bucket bucket = new Bucket();
      AtomicLong clock = new AtomicLong();
      List<Future<Integer>> work = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        work.add(
            threads.submit(
                () -> {
                  int admitted = 0;
                  for (int n = 0; n < 5_000; n++) {
                    admitted += bucket.take(pace, clock.incrementAndGet()) ? 1 : 0;
                  }
                  return admitted;
                }));
      }
      int sum = 0;
      for (Future<Integer> each : work) {
        sum += each.get();
      }
      assertThat(sum).isEqualTo(1000);
    } finally {
      threads.shutdownNow();
    }
  }

  private static int admitted(Bucket bucket, Pace pace, long now, int tries) {
    int admitted = 0;
    for (int i = 0; i < tries; i++) {
      admitted += bucket.take(pace, now) ? 1 : 0;
    }
    return admitted;
  }

  private static Pace pace(Rate rate) {
    return Objects.requireNonNull(Pace.of(rate));
  }
}

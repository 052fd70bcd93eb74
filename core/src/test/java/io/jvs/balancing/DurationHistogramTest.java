package io.jvs.balancing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class DurationHistogramTest {
  private static final long LONGEST = Duration.ofHours(37).toNanos();

  @Property
  void a_duration_lies_between_the_bounds_of_its_bucket_which_are_close(
      @ForAll @LongRange(min = 0, max = 133_000_000_000_000L) long nanos) {
    int bucket = DurationHistogram.bucket(nanos);
    long lower = bucket == 0 ? -1 : DurationHistogram.upperNanos(bucket - 1);
    long upper = DurationHistogram.upperNanos(bucket);
    assertThat(nanos).isGreaterThan(lower).isLessThanOrEqualTo(upper);
    if (lower > 62_500) {
      assertThat((double) upper / lower).isLessThanOrEqualTo(1.25);
    }
  }

  @Property(tries = 200)
  void quantiles_and_counts_agree_with_a_sorted_list(
      @ForAll @Size(min = 1, max = 300) List<@LongRange(min = 0, max = 3_000_000_000L) Long> all) {
    DurationHistogram histogram = new DurationHistogram();
    all.forEach(histogram::record);
    DurationHistogram.Snapshot seen = histogram.snapshot();
    long[] sorted = all.stream().mapToLong(Long::longValue).sorted().toArray();
    assertThat(seen.count()).isEqualTo(sorted.length);
    assertThat(seen.sum().toNanos()).isEqualTo(Arrays.stream(sorted).sum());
    for (Duration bound : DurationHistogram.BOUNDS) {
      assertThat(seen.atMost(bound))
          .isEqualTo(Arrays.stream(sorted).filter(each -> each <= bound.toNanos()).count());
    }
    for (double part : new double[] {0.5, 0.9, 0.99, 1}) {
      long exact = sorted[(int) Math.max(0, Math.ceil(part * sorted.length) - 1)];
      long bucketUpper = DurationHistogram.upperNanos(DurationHistogram.bucket(exact));
      assertThat(seen.quantile(part).toNanos())
          .as("quantile %s of %s", part, all)
          .isBetween(Math.min(exact, (long) (exact / 1.25)) - 15_625, bucketUpper);
    }
  }

  @Test
  void an_even_spread_has_its_median_in_the_middle() {
    DurationHistogram histogram = new DurationHistogram();
    for (int millis = 1; millis <= 1000; millis++) {
      histogram.record(millis * 1_000_000L);
    }
    assertThat((double) histogram.snapshot().quantile(0.5).toMillis()).isCloseTo(500, within(5.0));
    assertThat((double) histogram.snapshot().quantile(0.9).toMillis()).isCloseTo(900, within(25.0));
  }

  @Test
  void nothing_has_no_quantiles_and_what_is_too_long_or_negative_is_counted_all_the_same() {
    DurationHistogram histogram = new DurationHistogram();
    assertThat(histogram.snapshot().quantile(0.99)).isZero();
    histogram.record(-5);
    assertThat(histogram.snapshot().atMost(Duration.ofNanos(250_000))).isEqualTo(1);
    histogram.record(Long.MAX_VALUE);
    assertThat(histogram.snapshot().count()).isEqualTo(2);
    assertThat(histogram.snapshot().quantile(1).toNanos()).isGreaterThan(LONGEST);
    assertThatThrownBy(() -> histogram.snapshot().quantile(99))
        .hasMessage("quantile 99.0 (expected: 0 to 1)");
  }

  @Test
  void threads_that_record_at_once_lose_nothing() throws InterruptedException {
    DurationHistogram histogram = new DurationHistogram();
    List<Thread> threads = new ArrayList<>();
    for (int seed = 0; seed < 4; seed++) {
      Random random = new Random(seed);
      Thread thread = new Thread(() -> record(histogram, random));
      thread.start();
      threads.add(thread);
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(histogram.snapshot().count()).isEqualTo(4 * 20_000);
  }

  private static void record(DurationHistogram histogram, Random random) {
    for (int i = 0; i < 20_000; i++) {
      histogram.record(random.nextInt(1_000_000_000));
    }
  }
}

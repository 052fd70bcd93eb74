package io.jvs.benchmarks.soak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.jvs.benchmarks.soak.Report.Ending;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.IntToLongFunction;
import org.junit.jupiter.api.Test;

/** What is told as growth, and what is not. */
class ReportTest {
  private static final int SAMPLES = 180;
  private static final int SECONDS = 10; // between two
  private static final long MIB = 1 << 20;
  private static final Ending CLEAN = new Ending(20, 40, 64, 0, Map.of(), List.of());

  @Test
  void noise_around_a_level_is_flat() {
    SplittableRandom random = new SplittableRandom(1);
    List<Sample> samples = samples(i -> 10 * MIB + random.nextLong(4 * MIB), i -> 50);
    assertThat(new Report(samples, CLEAN).faults()).isEmpty();
  }

  @Test
  void growth_that_ended_in_the_first_half_is_forgiven() {
    List<Sample> samples = samples(i -> Math.min(i, SAMPLES / 2) * MIB, i -> 50);
    assertThat(new Report(samples, CLEAN).faults()).isEmpty();
  }

  @Test
  void a_slow_leak_within_noise_is_told() {
    SplittableRandom random = new SplittableRandom(1);
    List<Sample> samples =
        samples(i -> 10 * MIB + random.nextLong(4 * MIB) + i * MIB / 15, i -> 50 + i);
    assertThat(Series.HEAP.growth(samples)).isCloseTo(6, within(1.0));
    assertThat(new Report(samples, CLEAN).faults())
        .satisfiesExactly(
            heap -> assertThat(heap).startsWith("heap after a collection, MiB, grew by "),
            descriptors ->
                assertThat(descriptors)
                    .isEqualTo("descriptors grew by 89.0 in the second half (expected: up to 24)"));
  }

  @Test
  void failures_complaints_a_bad_end_and_descriptors_that_stay_are_faults() {
    List<Sample> samples = samples(i -> MIB, i -> 50);
    Ending ending =
        new Ending(20, 85, 64, 143, Map.of("SHORT: reset", 2), List.of("12:00 WARN x - y"));
    assertThat(new Report(samples, ending).faults())
        .containsExactly(
            "2 × SHORT: reset",
            "the director's log: 12:00 WARN x - y",
            "85 descriptors after the load, 20 before (expected: up to 64 more)",
            "the director ended with status 143");
  }

  @Test
  void too_few_samples_say_nothing() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Series.HEAP.growth(samples(i -> MIB, i -> 1).subList(0, 4)))
        .withMessage("4 samples (expected: 6 or more)");
  }

  @Test
  void options_are_read_and_what_is_wrong_is_named() {
    SoakOptions options =
        SoakOptions.parse(List.of("--minutes", "0.5", "--reload-every", "10s", "--load", "0.1"));
    assertThat(options.length()).hasSeconds(30);
    assertThat(options.reloadEvery()).hasSeconds(10);
    assertThat(options.load()).isEqualTo(0.1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SoakOptions.parse(List.of("--minutes", "0")))
        .withMessage("--minutes 0 (expected: a number from 0.1 to 10000.0)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SoakOptions.parse(List.of("--quick")))
        .withMessageStartingWith("--quick: unknown, or its value is missing\nusage: ");
  }

  private static List<Sample> samples(IntToLongFunction heap, IntToLongFunction descriptors) {
    List<Sample> samples = new ArrayList<>();
    for (int i = 0; i < SAMPLES; i++) {
      int open = (int) descriptors.applyAsLong(i);
      samples.add(new Sample(i * SECONDS, heap.applyAsLong(i), 0, 100 * MIB, open, 20, i, i, 0, i));
    }
    return samples;
  }
}

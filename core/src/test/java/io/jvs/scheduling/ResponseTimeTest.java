package io.jvs.scheduling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ResponseTimeTest {
  private static final int TICKS_IN_10_S = (int) (10_000_000_000L >> 20);
  private static final long MILLIS = 1_000_000;

  private final ResponseTime time = new ResponseTime();

  @Test
  void nobody_knows_a_new_server() {
    assertThat(time.expected(0, 0)).isZero();
    assertThat(time.expected(0, 1)).isEqualTo(1e9f);
  }

  @Test
  void a_slower_answer_is_taken_over_at_once_and_forgotten_slowly() {
    time.add(5 * MILLIS, 100, false);
    time.add(50 * MILLIS, 100, false);
    assertThat(time.expected(100, 0)).isEqualTo(50e6f);
    assertThat(time.expected(100 + TICKS_IN_10_S, 0)).isCloseTo(50e6f / 2.7183f, within(1e4f));
    time.add(5 * MILLIS, 100 + TICKS_IN_10_S, false);
    assertThat(time.expected(100 + TICKS_IN_10_S, 0))
        .isCloseTo(5e6f + 45e6f / 2.7183f, within(1e4f));
  }

  @Test
  void each_failure_is_charged_ten_times_the_average_up_to_ten_seconds() {
    time.add(5 * MILLIS, 100, false);
    time.add(0, 100, true);
    assertThat(time.expected(100, 0)).isEqualTo(50e6f);
    time.add(0, 100, true);
    assertThat(time.expected(100, 0)).isEqualTo(500e6f);
    for (int i = 0; i < 10; i++) {
      time.add(0, 100, true);
    }
    assertThat(time.expected(100, 0)).isEqualTo(10e9f);
  }

  @Test
  void the_first_failure_of_an_unknown_server_counts_as_ten_milliseconds_at_least() {
    time.add(0, 100, true);
    assertThat(time.expected(100, 0)).isEqualTo(10e6f);
  }

  @Test
  void the_clock_may_wrap() {
    time.add(50 * MILLIS, Integer.MAX_VALUE, false);
    assertThat(time.expected(Integer.MAX_VALUE + TICKS_IN_10_S, 0))
        .isCloseTo(50e6f / 2.7183f, within(1e4f));
    time.add(5 * MILLIS, -1, false);
    time.add(5 * MILLIS, 0, false); // a tick of 0 is not "unknown"
    assertThat(time.expected(0, 1)).isLessThan(1e9f);
  }

  @Test
  void an_answer_that_comes_late_to_be_counted_does_no_harm() {
    time.add(50 * MILLIS, 100, false);
    time.add(5 * MILLIS, 90, false);
    assertThat(time.expected(95, 0)).isEqualTo(50e6f);
  }
}

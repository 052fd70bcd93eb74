package io.jvs.resilience;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Each criterion by example, with the reason that people read. */
class DetectorTest {
  private static final InBandDeclaration BY_RATES =
      InBandDeclaration.DEFAULT
          .window(new Window.Calls(100), 8)
          .slowCalls(Duration.ofMillis(500), 50)
          .consecutiveConnectFailures(3);

  @Test
  void a_failure_rate_ejects_from_the_threshold_on() {
    assertThat(finding(BY_RATES, new Statistics(8, 4, 0, 0, 0)))
        .isEqualTo("4 of 8 calls failed (50 %, threshold 50 %)");
    assertThat(finding(BY_RATES, new Statistics(8, 5, 0, 0, 0)))
        .isEqualTo("5 of 8 calls failed (62 %, threshold 50 %)");
    assertThat(finding(BY_RATES, new Statistics(9, 4, 0, 0, 0))).isNull();
    assertThat(finding(BY_RATES.failureRate(0), new Statistics(8, 8, 0, 0, 0))).isNull();
  }

  @Test
  void a_slow_rate_ejects_only_if_slow_is_declared() {
    assertThat(finding(BY_RATES, new Statistics(10, 0, 6, 0, 0)))
        .isEqualTo("6 of 10 calls took 500 ms or longer (60 %, threshold 50 %)");
    assertThat(finding(BY_RATES.slowCalls(null, 50), new Statistics(10, 0, 10, 0, 0))).isNull();
  }

  @Test
  void connects_that_fail_in_a_row_need_no_minimum_of_calls() {
    assertThat(finding(BY_RATES, new Statistics(3, 3, 0, 3, 0)))
        .isEqualTo("3 connects in a row failed (threshold 3)");
    assertThat(finding(BY_RATES, new Statistics(2, 2, 0, 2, 0))).isNull();
    assertThat(finding(BY_RATES.consecutiveConnectFailures(0), new Statistics(3, 3, 0, 3, 0)))
        .isNull();
  }

  @Test
  void bad_calls_in_a_row_eject_however_many_good_ones_were_before() {
    InBandDeclaration byRow = BY_RATES.consecutiveFailures(4);
    assertThat(finding(byRow, new Statistics(90, 2, 2, 0, 4)))
        .isEqualTo("4 calls in a row failed or took 500 ms or longer (threshold 4)");
    assertThat(finding(byRow.slowCalls(null, 50), new Statistics(90, 4, 0, 0, 5)))
        .isEqualTo("5 calls in a row failed (threshold 4)");
    assertThat(finding(byRow, new Statistics(90, 2, 2, 0, 3))).isNull();
    assertThat(finding(byRow.consecutiveFailures(0), new Statistics(90, 2, 2, 0, 4))).isNull();
  }

  @Test
  void of_connects_in_a_row_it_is_said_that_they_were_connects() {
    assertThat(finding(BY_RATES.consecutiveFailures(3), new Statistics(90, 3, 0, 3, 3)))
        .isEqualTo("3 connects in a row failed (threshold 3)");
  }

  @Test
  void a_server_that_fails_more_often_than_all_others_is_found_below_the_failure_rate() {
    Detector detector = new Detector(BY_RATES.successRateFactor(1.9));
    Statistics fine = new Statistics(100, 1, 0, 0, 0);
    Map<String, Statistics> seen =
        Map.of("a", fine, "b", fine, "c", fine, "d", fine, "bad", new Statistics(100, 30, 0, 0, 0));
    assertThat(detector.findings(seen))
        .containsExactly(
            Map.entry("bad", "70.0 % of 100 calls succeeded (others: 99.0 %, threshold 94.0 %)"));
  }

  @Test
  void a_single_failure_among_servers_without_any_is_no_reason() {
    Detector detector = new Detector(BY_RATES.successRateFactor(1.9));
    Statistics fine = new Statistics(100, 0, 0, 0, 0);
    Map<String, Statistics> seen =
        Map.of("a", fine, "b", fine, "c", fine, "d", fine, "e", new Statistics(100, 1, 0, 0, 0));
    assertThat(detector.findings(seen)).isEmpty();
  }

  @Test
  void four_servers_are_too_few_to_compare() {
    Detector detector = new Detector(BY_RATES.successRateFactor(1.9));
    Statistics fine = new Statistics(100, 0, 0, 0, 0);
    Map<String, Statistics> seen =
        Map.of("a", fine, "b", fine, "c", fine, "bad", new Statistics(100, 40, 0, 0, 0));
    assertThat(detector.findings(seen)).isEmpty();
  }

  private static @Nullable String finding(InBandDeclaration declared, Statistics seen) {
    return new Detector(declared).finding(seen);
  }
}

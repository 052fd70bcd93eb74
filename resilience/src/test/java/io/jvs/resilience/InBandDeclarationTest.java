package io.jvs.resilience;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jvs.model.StatusRanges;
import java.time.Duration;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class InBandDeclarationTest {
  private static final InBandDeclaration DEFAULT = InBandDeclaration.DEFAULT;
  private static final EjectionTime TIMES =
      new EjectionTime(Duration.ofSeconds(10), Duration.ofSeconds(60), 2, 0);

  static Stream<Arguments> wrong() {
    return Stream.of(
        wrong(
            () -> DEFAULT.failureRate(101), "failure rate 101 (expected: 0 to 100 %; 0 for never)"),
        wrong(() -> DEFAULT.slowCalls(Duration.ZERO, 50), "slow call 0s (expected: 1ms to 1d)"),
        wrong(
            () -> DEFAULT.slowCalls(Duration.ofSeconds(1), 0),
            "slow rate 0 (expected: 1 to 100 %)"),
        wrong(
            () -> DEFAULT.consecutiveConnectFailures(-1),
            "consecutive connect failures -1 (expected: 0 to 1000; 0 for never)"),
        wrong(
            () -> DEFAULT.consecutiveFailures(1001),
            "consecutive failures 1001 (expected: 0 to 1000; 0 for never)"),
        wrong(
            () -> DEFAULT.window(new Window.Calls(10), 0),
            "minimum calls 0 (expected: 1 to 10000)"),
        wrong(
            () -> DEFAULT.window(new Window.Calls(10), 11),
            "minimum calls 11 (expected: at most the window, 10 calls, or there are never enough)"),
        wrong(() -> new Window.Calls(0), "window 0 calls (expected: 1 to 10000 calls)"),
        wrong(
            () -> new Window.Time(Duration.ofMillis(1500)),
            "window 1500ms (expected: whole seconds, 1s to 10m)"),
        wrong(
            () -> DEFAULT.successRateFactor(Double.NaN),
            "success rate factor NaN (expected: 0 to 10; 0 for never)"),
        wrong(() -> DEFAULT.maxEjected(0), "most ejected 0 (expected: 1 to 100 %)"),
        wrong(
            () -> new EjectionTime(Duration.ofMillis(1), Duration.ofSeconds(1), 2, 0),
            "ejection time 1ms (expected: 100ms to 1d)"),
        wrong(
            () -> new EjectionTime(Duration.ofSeconds(9), Duration.ofSeconds(1), 2, 0),
            "longest ejection time 1s (expected: at least the first, 9s, and at most 1d)"),
        wrong(
            () -> new EjectionTime(Duration.ofSeconds(1), Duration.ofSeconds(1), 0.5, 0),
            "ejection time factor 0.5 (expected: 1 to 10)"),
        wrong(
            () -> new EjectionTime(Duration.ofSeconds(1), Duration.ofSeconds(1), 1, 91),
            "ejection time jitter 91 % (expected: 0 to 90 %)"));
  }

  private static Arguments wrong(ThrowingCallable constructor, String message) {
    return Arguments.of(constructor, message);
  }

  @ParameterizedTest
  @MethodSource("wrong")
  void wrong_values_are_refused(ThrowingCallable constructor, String message) {
    assertThatThrownBy(constructor)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @Test
  void each_change_changes_its_own_and_keeps_the_rest() {
    StatusRanges statuses = StatusRanges.parse("500-599");
    InBandDeclaration all =
        DEFAULT
            .failureRate(31)
            .slowCalls(Duration.ofMillis(32), 33)
            .consecutiveConnectFailures(34)
            .consecutiveFailures(35)
            .failedStatus(statuses)
            .window(new Window.Calls(37), 36)
            .successRateFactor(3.8)
            .ejectionTime(TIMES)
            .maxEjected(39)
            .confirm(true);
    assertThat(all)
        .isEqualTo(
            new InBandDeclaration(
                31,
                Duration.ofMillis(32),
                33,
                34,
                35,
                statuses,
                36,
                new Window.Calls(37),
                3.8,
                TIMES,
                39,
                true));
    assertThat(all.failureRate(31)).isEqualTo(all).isNotEqualTo(all.failureRate(30));
  }

  @Test
  void one_of_a_few_servers_may_be_ejected_but_never_the_only_one_by_a_share() {
    assertThat(DEFAULT.maxEjected(10).ejectable(3)).isEqualTo(1);
    assertThat(DEFAULT.maxEjected(10).ejectable(30)).isEqualTo(3);
    assertThat(DEFAULT.maxEjected(99).ejectable(1)).isZero();
    assertThat(DEFAULT.maxEjected(100).ejectable(1)).isEqualTo(1);
    assertThat(DEFAULT.ejectable(0)).isZero();
  }

  @Property
  void no_more_than_the_share_may_be_ejected_unless_it_is_less_than_one(
      @ForAll @IntRange(min = 1, max = 100) int percent,
      @ForAll @IntRange(min = 0, max = 20_000) int listed) {
    int ejectable = DEFAULT.maxEjected(percent).ejectable(listed);
    assertThat(ejectable * 100L).isLessThanOrEqualTo(Math.max(100L, (long) listed * percent));
    assertThat(ejectable).isLessThanOrEqualTo(listed);
  }

  @Test
  void ejection_times_double_up_to_the_longest_and_shrink_after_calm() {
    assertThat(TIMES.of(1, 0)).isEqualTo(Duration.ofSeconds(10));
    assertThat(TIMES.of(2, 0)).isEqualTo(Duration.ofSeconds(20));
    assertThat(TIMES.of(3, 0)).isEqualTo(Duration.ofSeconds(40));
    assertThat(TIMES.of(4, 0)).isEqualTo(Duration.ofSeconds(60));
    assertThat(TIMES.of(10_000, 0)).isEqualTo(Duration.ofSeconds(60));

    assertThat(TIMES.left(4, Duration.ofSeconds(60), Duration.ofSeconds(59))).isEqualTo(4);
    assertThat(TIMES.left(4, Duration.ofSeconds(60), Duration.ofSeconds(60))).isEqualTo(3);
    assertThat(TIMES.left(4, Duration.ofSeconds(60), Duration.ofSeconds(500))).isZero();
  }

  @Property
  void jitter_shortens_by_its_share_at_most(
      @ForAll @IntRange(min = 1, max = 12) int inARow,
      @ForAll @IntRange(min = 0, max = 90) int jitter,
      @ForAll @IntRange(min = 0, max = 1000) int chance) {
    EjectionTime times =
        new EjectionTime(Duration.ofSeconds(10), Duration.ofMinutes(5), 1.5, jitter);
    long whole = times.of(inARow, 0).toNanos();
    long time = times.of(inARow, chance / 1000.0).toNanos();
    assertThat(time).isBetween((long) (whole * (1 - jitter / 100.0)) - 1, whole);
  }

  @Test
  void times_read_well() {
    assertThat(EjectionTime.text(Duration.ofSeconds(10))).isEqualTo("10 s");
    assertThat(EjectionTime.text(Duration.ofMillis(9370))).isEqualTo("9.4 s");
    assertThat(EjectionTime.text(Duration.ofMillis(250))).isEqualTo("250 ms");
    assertThat(EjectionTime.text(Duration.ofMillis(9999))).isEqualTo("10 s");
  }
}

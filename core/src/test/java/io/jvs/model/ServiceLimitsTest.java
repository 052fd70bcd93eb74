package io.jvs.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jvs.model.ServiceLimits.Queue;
import io.jvs.model.ServiceLimits.Rate;
import java.time.Duration;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class ServiceLimitsTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  @Test
  void as_text_it_says_what_is_limited() {
    assertThat(ServiceLimits.NONE).hasToString("no limits");
    assertThat(
            new ServiceLimits(
                1000,
                10,
                Rate.of(100, SECOND),
                new Rate(5, Duration.ofMinutes(1), 2),
                new Queue(50, Duration.ofMillis(500))))
        .hasToString(
            "limits connections 1000, perClient 10, rate 100 per 1s, burst 100, ratePerClient 5"
                + " per 1m, burst 2, queue 50 for up to 500ms");
    assertThat(new ServiceLimits(0, 7, null, null, null)).hasToString("limits perClient 7");
  }

  @Test
  void wrong_values_are_refused() {
    refused(
        () -> new ServiceLimits(-1, 0, null, null, null),
        "service limits: connections -1, perClient 0 (expected: 0 to 2147483647, 0 for none)");
    refused(
        () -> new ServiceLimits(0, -1, null, null, null),
        "service limits: connections 0, perClient -1 (expected: 0 to 2147483647, 0 for none)");
    refused(() -> Rate.of(0, SECOND), "rate 0, burst 0 (expected: 1 to 1000000000)");
    refused(() -> new Rate(1, SECOND, 0), "rate 1, burst 0 (expected: 1 to 1000000000)");
    refused(
        () -> Rate.of(1_000_000_001, SECOND),
        "rate 1000000001, burst 1000000001 (expected: 1 to 1000000000)");
    refused(
        () -> Rate.of(1, Duration.ofNanos(999_999)), "rate per 999999ns (expected: 1 ms to 1 day)");
    refused(() -> Rate.of(1, Duration.ofDays(2)), "rate per 2d (expected: 1 ms to 1 day)");
    refused(() -> new Queue(0, SECOND), "queue length 0 (expected: 1 to 1000000)");
    refused(() -> new Queue(1_000_001, SECOND), "queue length 1000001 (expected: 1 to 1000000)");
    refused(() -> new Queue(1, Duration.ZERO), "queue timeout 0s (expected: 1 ms to 1 hour)");
    refused(() -> new Queue(1, Duration.ofHours(2)), "queue timeout 2h (expected: 1 ms to 1 hour)");
  }

  private static void refused(ThrowingCallable constructor, String message) {
    assertThatThrownBy(constructor)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }
}

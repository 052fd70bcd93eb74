package io.jvs.resilience;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * A resilience4j circuit breaker as the window of one server. While calls go to the server it only
 * counts (its state METRICS_ONLY), since the {@link Detector} decides; while the server is out it
 * is open, and half-open for one call on trial, which it judges by itself.
 *
 * <p>Fed by the timer's thread from {@link OutcomeCounts}, not by those who make calls: its window
 * over time either has a lock or does not follow a clock from outside, and both allocate. It starts
 * no thread, since nothing is left to it that takes time.
 */
final class CallWindow {
  private static final long GOOD_NANOS = 0;

  private final OutcomeCounts counts;
  private final CircuitBreaker breaker;
  private final long slowNanos;
  private long good; // what of the counts is in the window, as the next three
  private long slow;
  private long failed;
  private long slowFailed;

  /** Counts from now on. */
  CallWindow(String name, InBandDeclaration declared, OutcomeCounts counts, Clock clock) {
    this.counts = counts;
    Duration slowCall = declared.slowCall();
    Duration limit = slowCall == null ? InBandDeclaration.LONGEST_SLOW_CALL : slowCall;
    this.slowNanos = limit.toNanos();
    Window window = declared.window();
    boolean byCalls = window instanceof Window.Calls;
    int size =
        window instanceof Window.Calls calls
            ? calls.count()
            : (int) ((Window.Time) window).length().toSeconds();
    this.breaker =
        CircuitBreaker.of(
            name,
            CircuitBreakerConfig.custom()
                .slidingWindowType(
                    byCalls ? SlidingWindowType.COUNT_BASED : SlidingWindowType.TIME_BASED)
                .slidingWindowSize(size)
                .slowCallDurationThreshold(limit.minusNanos(1)) // there, longer is slow
                .permittedNumberOfCallsInHalfOpenState(1)
                .clock(clock)
                .build());
    breaker.transitionToMetricsOnlyState();
    skip();
  }

  /** All calls since the last time enter the window; those before it leave it. */
  Statistics read() {
    long newGood = counts.good.sum();
    long newSlow = counts.slow.sum();
    long newFailed = counts.failed.sum();
    long newSlowFailed = counts.slowFailed.sum();
    record(newGood - good, newSlow - slow, newFailed - failed, newSlowFailed - slowFailed);
    good = newGood;
    slow = newSlow;
    failed = newFailed;
    slowFailed = newSlowFailed;
    CircuitBreaker.Metrics metrics = breaker.getMetrics();
    return new Statistics(
        metrics.getNumberOfBufferedCalls(),
        metrics.getNumberOfFailedCalls(),
        metrics.getNumberOfSlowCalls(),
        counts.connectFailures.get(),
        counts.badInARow.get());
  }

  /**
   * In what order they came is not known, so each kind is spread evenly: all failures last would
   * fill a small window with nothing else.
   */
  private void record(long goods, long slows, long failures, long slowFailures) {
    long calls = goods + slows + failures + slowFailures;
    long[] left = {goods, slows, failures, slowFailures};
    long[] credit = new long[left.length];
    for (long i = 0; i < calls; i++) {
      int next = 0;
      for (int kind = 0; kind < left.length; kind++) {
        credit[kind] += left[kind];
        if (credit[kind] > credit[next]) {
          next = kind;
        }
      }
      credit[next] -= calls;
      record(next >= 2, next % 2 == 1);
    }
  }

  private void record(boolean failure, boolean tooLong) {
    long nanos = tooLong ? slowNanos : GOOD_NANOS;
    if (failure) {
      breaker.onError(nanos, TimeUnit.NANOSECONDS, new Failed());
    } else {
      breaker.onSuccess(nanos, TimeUnit.NANOSECONDS);
    }
  }

  /** Forgets what was counted so far. */
  void clear() {
    breaker.transitionToClosedState();
    breaker.transitionToMetricsOnlyState();
    skip();
  }

  /** The server is out. */
  void open() {
    breaker.transitionToForcedOpenState();
  }

  /** The next call decides. */
  void halfOpen() {
    breaker.transitionToHalfOpenState();
  }

  /** What the call on trial has shown; whether the server is good again. */
  boolean tried(boolean failure, boolean tooLong) {
    record(failure, tooLong);
    return breaker.getState() == CircuitBreaker.State.CLOSED;
  }

  private void skip() {
    good = counts.good.sum();
    slow = counts.slow.sum();
    failed = counts.failed.sum();
    slowFailed = counts.slowFailed.sum();
    counts.connectFailures.set(0);
    counts.badInARow.set(0);
  }

  /** resilience4j wants to see something thrown; without a stack trace it costs next to nothing. */
  private static final class Failed extends Exception {
    private static final long serialVersionUID = 1;

    Failed() {
      super("a call has failed", null, false, false);
    }
  }
}

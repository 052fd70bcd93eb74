package io.jvs.resilience;

import io.jvs.model.Durations;
import io.jvs.model.Ticker;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How many second tries there may be: a share of the calls of the last seconds, and a few more for
 * those who call seldom. Without one, calls that are all tried three times are three times the
 * load, just when servers cannot bear it (Finagle's retry budget, Envoy's retry_budget).
 *
 * <p>Any thread; no locks. Threads that ask at the same moment see the same counts, so it can be
 * passed by as many tries as there are threads.
 */
public final class RetryBudget {
  private static final long COUNT = 0xFFFF_FFFFL;

  private final int percent;
  private final long minimum;
  private final int seconds;
  private final Ticker ticker;
  private final long origin;
  private final AtomicLongArray calls; // a slot for each second: which one << 32 | how many
  private final AtomicLongArray retries;

  /**
   * @param percent of the calls that may be tried again, 0 to 1000
   * @param minimumPerSecond how many may be in any case, 0 to 100000
   * @param window how far back both count, 1 s to 60 s, whole seconds
   */
  public RetryBudget(int percent, int minimumPerSecond, Duration window, Ticker ticker) {
    if (percent < 0 || percent > 1000) {
      throw new IllegalArgumentException("retry budget " + percent + " % (expected: 0 to 1000 %)");
    }
    if (minimumPerSecond < 0 || minimumPerSecond > 100_000) {
      throw new IllegalArgumentException(
          "retry budget of at least " + minimumPerSecond + " per second (expected: 0 to 100000)");
    }
    if (window.toNanosPart() != 0 || window.toSeconds() < 1 || window.toSeconds() > 60) {
      throw new IllegalArgumentException(
          "retry budget over "
              + Durations.format(window)
              + " (expected: whole seconds, 1s to 60s)");
    }
    this.percent = percent;
    this.seconds = (int) window.toSeconds();
    this.minimum = (long) minimumPerSecond * seconds;
    this.ticker = ticker;
    this.origin = ticker.nanoTime();
    this.calls = new AtomicLongArray(seconds);
    this.retries = new AtomicLongArray(seconds);
  }

  /** A fifth of the calls of 10 s, and 10 per second in any case. */
  public static RetryBudget standard() {
    return new RetryBudget(20, 10, Duration.ofSeconds(10), Ticker.system());
  }

  /** A call begins, tried for the first time. */
  public void called() {
    add(calls, now());
  }

  /** Whether there may be one more try, which is then counted. */
  public boolean take() {
    long now = now();
    if (sum(retries, now) >= minimum + sum(calls, now) * percent / 100) {
      return false;
    }
    add(retries, now);
    return true;
  }

  /** The try that was taken just now is not made. */
  void giveBack() {
    long second = now();
    int slot = (int) (second % seconds);
    long before = retries.get(slot);
    if (before >>> 32 == second && (before & COUNT) > 0) {
      retries.compareAndSet(slot, before, before - 1); // if others are faster, it is lost to them
    }
  }

  private long now() {
    return TimeUnit.NANOSECONDS.toSeconds(ticker.nanoTime() - origin);
  }

  private void add(AtomicLongArray slots, long second) {
    int slot = (int) (second % seconds);
    long before;
    long after;
    do {
      before = slots.get(slot);
      after = before >>> 32 == second ? before + 1 : second << 32 | 1;
    } while (!slots.compareAndSet(slot, before, after));
  }

  private long sum(AtomicLongArray slots, long second) {
    long sum = 0;
    for (int i = 0; i < seconds; i++) {
      long slot = slots.get(i);
      if (second - (slot >>> 32) < seconds) {
        sum += slot & COUNT;
      }
    }
    return sum;
  }

  @Override
  public String toString() {
    return percent + " % of calls, at least " + minimum / seconds + " per second";
  }
}

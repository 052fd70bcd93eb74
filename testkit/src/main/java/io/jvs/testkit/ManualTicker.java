package io.jvs.testkit;

import io.jvs.model.Ticker;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A clock that stands still until it is told to go on. Any thread may read it; one thread at a time
 * may turn it.
 */
public final class ManualTicker implements Ticker {
  /** When virtual time begins: a date that nobody takes for today. */
  public static final Instant EPOCH = Instant.parse("2000-01-01T00:00:00Z");

  private final long origin;
  private final List<ManualExecutor> executors = new ArrayList<>();
  private volatile long nanos;

  /**
   * Begins just before {@code nanoTime()} overflows, since nobody may rely on it being positive.
   */
  public ManualTicker() {
    this(Long.MAX_VALUE - Duration.ofMinutes(10).toNanos());
  }

  /** Begins at this value of {@link #nanoTime()}. */
  public ManualTicker(long nanoTime) {
    this.origin = nanoTime;
    this.nanos = nanoTime;
  }

  @Override
  public long nanoTime() {
    return nanos;
  }

  @Override
  public Instant now() {
    return EPOCH.plusNanos(nanos - origin);
  }

  /** How much time has passed since the beginning. */
  public Duration elapsed() {
    return Duration.ofNanos(nanos - origin);
  }

  /**
   * Lets time pass. Tasks of {@link ManualExecutor}s run on this thread, each at its own moment, so
   * that what they schedule in turn runs too if it falls due.
   *
   * @throws IllegalArgumentException if the time is negative
   */
  public void advance(Duration time) {
    if (time.isNegative()) {
      throw new IllegalArgumentException("advance by " + time + " (expected: 0 or more)");
    }
    long moment = nanos;
    long target = moment + time.toNanos();
    ManualExecutor next = nextDueBy(target);
    while (next != null) {
      moment += Math.max(0, next.untilNext());
      nanos = moment;
      next.runFirst();
      next = nextDueBy(target);
    }
    nanos = target;
  }

  void attach(ManualExecutor executor) {
    executors.add(executor);
  }

  private @Nullable ManualExecutor nextDueBy(long target) {
    ManualExecutor first = null;
    for (ManualExecutor executor : executors) {
      if (executor.untilNext() <= target - nanos
          && (first == null || executor.untilNext() < first.untilNext())) {
        first = executor;
      }
    }
    return first;
  }
}

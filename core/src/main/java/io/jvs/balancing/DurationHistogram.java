package io.jvs.balancing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/**
 * How many durations fell into which bucket, since the start. Four buckets for each doubling, from
 * 15.625 µs to 37 hours, so a bucket is at most a quarter wider than its lower bound; every bound
 * counts as below it, as Prometheus wants it. Any thread; recording takes no lock and allocates
 * nothing, but where threads meet for the first time.
 */
public final class DurationHistogram {
  /** A power of two of these is a millisecond, so that bounds are short numbers for people. */
  private static final long UNIT_NANOS = 15_625;

  private static final int PER_DOUBLING = 4;
  private static final int SUB_BITS = 2; // of PER_DOUBLING
  private static final int LAST_DOUBLING = 32; // 2^33 units: 37 hours
  private static final int BUCKETS = PER_DOUBLING * (LAST_DOUBLING + 1);

  /**
   * Bounds for those who export fewer buckets, such as {@code JvsMetrics}: each doubling from 250
   * µs to 65.536 s, then each fourfold until 4.66 hours. {@link Snapshot#atMost} is exact at them.
   */
  public static final List<Duration> BOUNDS = bounds();

  private final LongAdder[] buckets = new LongAdder[BUCKETS + 1]; // the last for all that is longer
  private final LongAdder nanos = new LongAdder();

  public DurationHistogram() {
    for (int i = 0; i < buckets.length; i++) {
      buckets[i] = new LongAdder();
    }
  }

  /** One more. Less than nothing, as of clocks that disagree, counts as nothing. */
  public void record(long durationNanos) {
    long duration = Math.max(0, durationNanos);
    buckets[bucket(duration)].increment();
    nanos.add(duration);
  }

  /** All that was recorded; what comes while it is read may be in it in part. */
  public Snapshot snapshot() {
    long[] counts = new long[buckets.length];
    for (int i = 0; i < counts.length; i++) {
      counts[i] = buckets[i].sum();
    }
    return new Snapshot(counts, nanos.sum());
  }

  /** Whose lower bound is less than the duration, and whose upper bound is not. */
  static int bucket(long durationNanos) {
    long units = durationNanos <= 0 ? 0 : (durationNanos - 1) / UNIT_NANOS;
    if (units < PER_DOUBLING) {
      return (int) units;
    }
    int highest = 63 - Long.numberOfLeadingZeros(units);
    int part = (int) (units >>> (highest - SUB_BITS)) & (PER_DOUBLING - 1);
    return Math.min(BUCKETS, PER_DOUBLING * (highest - SUB_BITS + 1) + part);
  }

  /** Its durations are at most this. */
  static long upperNanos(int bucket) {
    if (bucket < PER_DOUBLING) {
      return (bucket + 1) * UNIT_NANOS;
    }
    int shift = bucket / PER_DOUBLING - 1;
    long part = PER_DOUBLING + bucket % PER_DOUBLING + 1L;
    return (part << shift) * UNIT_NANOS;
  }

  private static List<Duration> bounds() {
    List<Duration> bounds = new ArrayList<>();
    long nanos = 250_000;
    for (; nanos <= 65_536_000_000L; nanos *= 2) {
      bounds.add(Duration.ofNanos(nanos));
    }
    for (nanos = 4 * 65_536_000_000L; nanos <= 16_777_216_000_000L; nanos *= 4) {
      bounds.add(Duration.ofNanos(nanos));
    }
    return List.copyOf(bounds);
  }

  /** What a histogram had at one moment. */
  public static final class Snapshot {
    private final long[] counts;
    private final long nanos;
    private final long count;

    private Snapshot(long[] counts, long nanos) {
      this.counts = counts;
      this.nanos = nanos;
      long sum = 0;
      for (long each : counts) {
        sum += each;
      }
      this.count = sum;
    }

    /** How many durations there were. */
    public long count() {
      return count;
    }

    /** All of them together. */
    public Duration sum() {
      return Duration.ofNanos(nanos);
    }

    /**
     * How many were no longer than this; exact at {@link DurationHistogram#BOUNDS}, elsewhere those
     * of the bucket in which it falls are left out.
     */
    public long atMost(Duration bound) {
      long boundNanos = bound.toNanos();
      long sum = 0;
      for (int i = 0; i < BUCKETS && upperNanos(i) <= boundNanos; i++) {
        sum += counts[i];
      }
      return sum;
    }

    /**
     * What this part of them did not exceed, as if they were spread evenly within their bucket;
     * zero if there were none.
     *
     * @param part 0 to 1, such as 0.99
     */
    public Duration quantile(double part) {
      if (!(part >= 0 && part <= 1)) {
        throw new IllegalArgumentException("quantile " + part + " (expected: 0 to 1)");
      }
      double rank = part * count;
      long below = 0;
      for (int i = 0; i <= BUCKETS; i++) {
        if (counts[i] != 0 && below + counts[i] >= rank) {
          long lower = i == 0 ? 0 : upperNanos(i - 1);
          long width =
              i == BUCKETS ? 0 : upperNanos(i) - lower; // nobody knows how long the rest is
          double within = Math.max(0, rank - below) / counts[i];
          return Duration.ofNanos(lower + Math.round(width * within));
        }
        below += counts[i];
      }
      return Duration.ZERO;
    }
  }
}

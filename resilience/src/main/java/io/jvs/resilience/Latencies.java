package io.jvs.resilience;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How long the latest calls took, to about a tenth: each power of two has eight classes. The past
 * fades, since every so many calls all classes are halved. Any thread; no locks, and calls that are
 * counted while another thread halves may be lost.
 */
final class Latencies {
  static final int ENOUGH = 20;

  private static final int PARTS = 8;
  private static final int PART_BITS = 3;
  private static final int FADE_AFTER = 1000;

  private final AtomicLongArray classes = new AtomicLongArray((Long.SIZE - PART_BITS) * PARTS);
  private final AtomicInteger sinceFaded = new AtomicInteger();

  void add(long nanos) {
    classes.incrementAndGet(classOf(Math.max(nanos, 0)));
    if (sinceFaded.incrementAndGet() == FADE_AFTER) {
      for (int i = 0; i < classes.length(); i++) {
        classes.set(i, classes.get(i) / 2);
      }
      sinceFaded.set(0);
    }
  }

  /** At least so long took all but that many percent, in nanoseconds; -1 if too few are known. */
  long percentile(int percent) {
    long all = 0;
    for (int i = 0; i < classes.length(); i++) {
      all += classes.get(i);
    }
    if (all < ENOUGH) {
      return -1;
    }
    long below = 0;
    for (int i = 0; i < classes.length(); i++) {
      below += classes.get(i);
      if (below * 100 >= all * percent) {
        return endOf(i);
      }
    }
    return -1; // others have halved meanwhile
  }

  /** The power of two, and the three bits behind the first. */
  static int classOf(long nanos) {
    if (nanos < PARTS) {
      return (int) nanos;
    }
    int shift = Long.SIZE - 1 - PART_BITS - Long.numberOfLeadingZeros(nanos);
    return shift * PARTS + (int) (nanos >>> shift);
  }

  /** The largest of a class. */
  static long endOf(int index) {
    if (index < 2 * PARTS) {
      return index;
    }
    int shift = index / PARTS - 1;
    return ((long) (index % PARTS + PARTS + 1) << shift) - 1;
  }
}

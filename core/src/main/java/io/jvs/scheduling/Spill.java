package io.jvs.scheduling;

import io.jvs.model.Flow;
import java.util.concurrent.atomic.AtomicLong;

/** How much of the flows stays in the zone, and which. */
final class Spill {
  /** A share of everything, so that shares are whole numbers. */
  static final long ALL = 1L << 32;

  /** In the middle, so that the number of flows that stayed is always rounded to the nearest. */
  private final AtomicLong credit = new AtomicLong(ALL / 2);

  /**
   * The share that stays, 0 to {@link #ALL}: what of its configured weight is eligible, with a
   * factor of 1.4, if the others can take the rest; else both as they can.
   */
  static long share(ZonePart near, ZonePart far) {
    if (isHealthy(near)) {
      return ALL;
    }
    double here = health(near);
    double there = Math.min(1 - here, health(far));
    return there == 0 ? ALL : Math.round(ALL * (here / (here + there)));
  }

  /** In whole numbers, because this is all there is to do while all is well. */
  private static boolean isHealthy(ZonePart part) {
    return part.configuredWeight() > 0 && part.eligibleWeight() * 7 >= part.configuredWeight() * 5;
  }

  private static double health(ZonePart part) {
    return part.configuredWeight() == 0
        ? 0
        : Math.min(1, 1.4 * part.eligibleWeight() / part.configuredWeight());
  }

  /** Whether the next flow is one of those that stay: as evenly spread as the share allows. */
  boolean turnStays(long share) {
    long before = credit.getAndAdd(share);
    return before >>> 32 != (before + share) >>> 32;
  }

  /** Whether this flow is one of those that stay: the same ones as long as the share is. */
  static boolean flowStays(Flow flow, long share) {
    long bits = Folded.client(flow) * 0xD6E8_FEB8_6659_FD93L;
    bits = (bits ^ (bits >>> 32)) * 0xD6E8_FEB8_6659_FD93L; // sh hashes too, and differently
    return (bits ^ (bits >>> 32)) >>> 32 < share;
  }
}

package io.jvs.scheduling;

/**
 * The kernel's estimate of a rate of bytes (ip_vs_est.c), bit for bit: every two seconds a quarter
 * of the way to what the last two seconds brought, in fixed point with five binary places.
 *
 * @param count bytes at the last tick
 * @param scaled bytes per second times 32
 */
record RateEstimate(long count, long scaled) {
  static final long INTERVAL_NANOS = 2_000_000_000L;

  /** After so many ticks of the same rate the estimate does not move any more. */
  private static final int SETTLED = 200;

  /** The beginning of an estimate: only what comes from now on is counted. */
  static RateEstimate from(long count) {
    return new RateEstimate(count, 0);
  }

  /** Two seconds later. */
  RateEstimate tick(long newCount) {
    long rate = (newCount - count) << 4; // 2^5 for the fixed point, a half for two seconds
    return new RateEstimate(newCount, scaled + ((rate - scaled) >> 2)); // rounded down, as there
  }

  /** So many times two seconds later, in which the bytes came evenly as far as anybody knows. */
  RateEstimate tick(long newCount, long ticks) {
    long evenly = (newCount - count) / ticks;
    RateEstimate estimate = this;
    for (long i = Math.min(ticks, SETTLED); i > 1; i--) {
      estimate = estimate.tick(estimate.count + evenly);
    }
    return new RateEstimate(newCount - evenly, estimate.scaled).tick(newCount);
  }

  long bytesPerSecond() {
    return (scaled + 0xF) >> 5;
  }
}

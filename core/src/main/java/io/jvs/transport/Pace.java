package io.jvs.transport;

import io.jvs.model.ServiceLimits;
import org.jspecify.annotations.Nullable;

/**
 * A rate in the terms of the generic cell rate algorithm (ITU-T I.371, annex A; its virtual
 * scheduling form).
 *
 * @param intervalNanos from one to the next, rounded up, so that it is never more than the rate
 * @param toleranceNanos how much too early one may come
 */
record Pace(long intervalNanos, long toleranceNanos) {
  /** 73 years: sums of two and a time do not overflow. */
  private static final long LONGEST = Long.MAX_VALUE / 4;

  static @Nullable Pace of(ServiceLimits.@Nullable Rate rate) {
    if (rate == null) {
      return null;
    }
    long interval = (rate.per().toNanos() + rate.count() - 1) / rate.count();
    long early = rate.burst() - 1L;
    return new Pace(interval, early > LONGEST / interval ? LONGEST : early * interval);
  }
}

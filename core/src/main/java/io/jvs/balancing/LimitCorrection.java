package io.jvs.balancing;

import io.jvs.model.ConnectionLimits;
import io.jvs.model.WeightCorrection;
import org.jspecify.annotations.Nullable;

/**
 * The weight of a server that nears its connection limit, as a {@link WeightCorrection} wants it: a
 * pure function of the connections and of where it stood before.
 *
 * <p>Level 0 is the configured weight, level {@code steps} what is left of it at the limit. Level
 * {@code k} is entered at {@code start + (limit - start) * k / steps} connections, rounded up, and
 * left below the number at which level {@code k - 1} is entered; that is the hysteresis.
 */
final class LimitCorrection {
  private final WeightCorrection rule;

  LimitCorrection(WeightCorrection rule) {
    this.rule = rule;
  }

  /**
   * The level of a server.
   *
   * @param level the one before, 0 for a server that is new
   * @param connections active and inactive ones
   */
  int next(int level, ConnectionLimits limits, int connections) {
    int upper = limits.upper();
    if (upper == 0) {
      return 0;
    }
    int next = Math.min(level, rule.steps());
    while (next < rule.steps() && connections >= entered(next + 1, upper)) {
      next++;
    }
    while (next > 0 && connections < entered(next - 1, upper)) {
      next--;
    }
    return next;
  }

  /** What a level makes of the weight; null for nothing. */
  @Nullable WeightAdjustment adjustment(int level, ConnectionLimits limits, int connections) {
    return level == 0
        ? null
        : WeightAdjustment.factor(percent(level) / 100.0, reason(limits, connections));
  }

  /** Of the configured weight, at a level. */
  int percent(int level) {
    return 100 - (100 - rule.minimumPercent()) * level / rule.steps();
  }

  /** {@code at 870 of 1000 connections}, for people. */
  private static String reason(ConnectionLimits limits, int connections) {
    return "at " + connections + " of " + limits.upper() + " connections";
  }

  /** Connections at which a level begins; level 0 is left upwards only through level 1. */
  private long entered(int level, int upper) {
    long hundredths = (long) upper * rule.startPercent() * rule.steps();
    hundredths += (long) upper * (100 - rule.startPercent()) * level;
    long whole = 100L * rule.steps();
    return (hundredths + whole - 1) / whole;
  }
}

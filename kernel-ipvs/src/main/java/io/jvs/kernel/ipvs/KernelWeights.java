package io.jvs.kernel.ipvs;

import io.jvs.model.RealServer;
import java.util.Collection;

/**
 * Effective weights, which may have fractions, as whole numbers: by the rule of the in-process load
 * balancer (ADR 13), so that both choose alike. While some weight has a fraction, all are told in
 * hundredths, if only their proportions matter to the policy; else each is rounded, to 1 at least.
 */
final class KernelWeights {
  private static final int FINE_UNITS = 100;

  private KernelWeights() {}

  /** What one configured weight is to the kernel, 1 to 100. */
  static int units(Collection<Double> weights, boolean goesByProportion) {
    if (!goesByProportion) {
      return 1;
    }
    double most = 1;
    boolean whole = true;
    for (double weight : weights) {
      whole &= weight == Math.rint(weight);
      most = Math.max(most, weight);
    }
    return whole ? 1 : (int) Math.max(1, Math.min(FINE_UNITS, RealServer.MAX_WEIGHT / most));
  }

  /** 0 to 65535; what is not 0 stays at least 1. */
  static int carried(double weight, int units) {
    return weight <= 0
        ? 0
        : (int) Math.max(1, Math.min(RealServer.MAX_WEIGHT, Math.round(weight * units)));
  }
}

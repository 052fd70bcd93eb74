package io.jvs.balancing;

import io.jvs.model.RealServer;
import java.util.Locale;

/**
 * What one source wants of a server's weight.
 *
 * @param factor of the weight so far, 0 to 10; or the weight itself, if {@code absolute}
 * @param absolute whether it is a weight that stands instead of the configured one
 * @param reason for people, such as {@code agent says 50%}
 */
public record WeightAdjustment(double factor, boolean absolute, String reason) {
  /** The most that a source may multiply a weight with. */
  public static final double MAX_FACTOR = 10;

  public WeightAdjustment {
    double most = absolute ? RealServer.MAX_WEIGHT : MAX_FACTOR;
    if (!(factor >= 0 && factor <= most)) {
      throw new IllegalArgumentException(
          (absolute ? "weight " : "weight factor ")
              + factor
              + " of '"
              + reason
              + "' (expected: 0 to "
              + (absolute ? String.valueOf(RealServer.MAX_WEIGHT) : "10")
              + ")");
    }
  }

  /** A part of the weight, or a multiple, 0 to {@value #MAX_FACTOR}. */
  public static WeightAdjustment factor(double factor, String reason) {
    return new WeightAdjustment(factor, false, reason);
  }

  /** Another weight than the configured one, 0 to {@value RealServer#MAX_WEIGHT}. */
  public static WeightAdjustment weight(int weight, String reason) {
    return new WeightAdjustment(weight, true, reason);
  }

  /** The weight after it. */
  double apply(double before) {
    return absolute ? factor : before * factor;
  }

  /** {@code 50 %} or {@code weight 3}. */
  String value() {
    return absolute
        ? "weight " + (int) factor
        : String.format(Locale.ROOT, "%.4g", factor * 100).replaceFirst("\\.?0+$", "") + " %";
  }
}

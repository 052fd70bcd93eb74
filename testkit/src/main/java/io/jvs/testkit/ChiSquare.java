package io.jvs.testkit;

/**
 * Pearson's test: whether counts fit expected shares, if every choice is independent of the others.
 *
 * <p>The probability says how often counts would be at least as far off by chance alone. Seeded
 * tests may ask for more than 0.001; those without a seed should ask for much less, since one run
 * in a thousand falls below it although nothing is wrong. A policy that takes turns comes closer
 * than chance would, with a probability near 1.
 *
 * @param statistic the sum of (count - expected)² / expected; infinite if something was counted
 *     that is not expected at all
 * @param degreesOfFreedom shares above 0, less one
 * @param probability of a statistic as large as this one or larger, 0 to 1. Expected counts should
 *     be 5 or more for it to be right
 */
public record ChiSquare(double statistic, int degreesOfFreedom, double probability) {
  private static final double PRECISION = 1e-15;
  private static final int ITERATIONS = 100_000;

  /**
   * Compares counts with shares.
   *
   * @param shares in any unit, such as weights: 0 or more each, and as many as there are counts
   */
  public static ChiSquare of(int[] counts, double[] shares) {
    if (counts.length != shares.length) {
      throw new IllegalArgumentException(
          counts.length + " counts and " + shares.length + " shares (expected: one for each)");
    }
    long total = 0;
    double whole = 0;
    for (int i = 0; i < counts.length; i++) {
      if (!(shares[i] >= 0 && shares[i] < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException(
            "share " + i + " is " + shares[i] + " (expected: 0 or more)");
      }
      total += counts[i];
      whole += shares[i];
    }
    double statistic = 0;
    int positive = 0;
    for (int i = 0; i < counts.length; i++) {
      if (shares[i] > 0) {
        double expected = total * shares[i] / whole;
        double difference = counts[i] - expected;
        statistic += total == 0 ? 0 : difference * difference / expected;
        positive++;
      } else if (counts[i] > 0) {
        statistic = Double.POSITIVE_INFINITY;
      }
    }
    int freedom = Math.max(positive - 1, 0);
    return new ChiSquare(statistic, freedom, probability(statistic, freedom));
  }

  /** How likely a statistic of this size or more is; 1 without any freedom and difference. */
  static double probability(double statistic, int degreesOfFreedom) {
    if (statistic == 0) {
      return 1;
    }
    if (degreesOfFreedom == 0 || Double.isInfinite(statistic)) {
      return 0;
    }
    return upperGamma(degreesOfFreedom / 2.0, statistic / 2);
  }

  /**
   * The regularized incomplete gamma function Q(a, x); series and fraction of DLMF 8.7.1, 8.9.2.
   */
  private static double upperGamma(double a, double x) {
    double scale = Math.exp(a * Math.log(x) - x - logGamma(a));
    return x < a + 1 ? 1 - scale * series(a, x) : scale * fraction(a, x);
  }

  private static double series(double a, double x) {
    double term = 1 / a;
    double sum = term;
    for (int n = 1; n < ITERATIONS && term > sum * PRECISION; n++) {
      term *= x / (a + n);
      sum += term;
    }
    return sum;
  }

  /** From the innermost denominator outwards would need to know how many there are; Lentz's way. */
  private static double fraction(double a, double x) {
    double b = x + 1 - a;
    double c = Double.MAX_VALUE;
    double d = 1 / b;
    double value = d;
    for (int n = 1; n < ITERATIONS; n++) {
      double numerator = n * (a - n);
      b += 2;
      d = 1 / (b + numerator * d);
      c = b + numerator / c;
      double factor = c * d;
      value *= factor;
      if (Math.abs(factor - 1) < PRECISION) {
        break;
      }
    }
    return value;
  }

  /** Of whole and half numbers from 1/2 on: by Γ(a + 1) = a Γ(a) down to 1 or 1/2. */
  private static double logGamma(double a) {
    double sum = a == Math.rint(a) ? 0 : Math.log(Math.PI) / 2;
    for (double k = a - 1; k > 0; k--) {
      sum += Math.log(k);
    }
    return sum;
  }
}

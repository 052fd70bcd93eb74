package io.jvs.model;

/**
 * Lowers the weight of a real server as it nears its upper connection limit, so that it is passed
 * over more and more before it is full, and raises it again as connections end. From {@code
 * startPercent} of the limit on the weight falls in equal steps to {@code minimumPercent} at the
 * limit. A step down is taken back when the connections have fallen by as much as a step is wide,
 * so that one connection more or less does not move a weight to and fro. Servers without an upper
 * limit keep their weight. A weight of 0 stays 0, and no other becomes 0.
 *
 * @param startPercent of the upper limit: below it the configured weight holds, 1 to 99
 * @param minimumPercent of the configured weight: what is left of it at the limit, 1 to 99
 * @param steps in how many steps, 1 to 100; each is a change that the policy hears of
 */
public record WeightCorrection(int startPercent, int minimumPercent, int steps) {
  /** From three quarters of the limit down to a tenth of the weight in five steps. */
  public static final WeightCorrection DEFAULT = new WeightCorrection(75, 10, 5);

  public WeightCorrection {
    check("start", startPercent, 99);
    check("minimum", minimumPercent, 99);
    check("steps", steps, 100);
  }

  private static void check(String what, int value, int most) {
    if (value < 1 || value > most) {
      throw new IllegalArgumentException(
          "weight correction " + what + " " + value + " (expected: 1 to " + most + ")");
    }
  }

  /** {@code weights corrected from 75 % of the limit to 10 % in 5 steps}. */
  @Override
  public String toString() {
    return "weights corrected from "
        + startPercent
        + " % of the limit to "
        + minimumPercent
        + " % in "
        + steps
        + " steps";
  }
}

package io.jvs.balancing;

import io.jvs.model.RealServer;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

/**
 * Why a server has the weight it has: each step that bears on it, in the order in which they are
 * applied, and what has changed lately.
 *
 * @param service the service's name
 * @param weight what comes out, in the units of the configured weight
 * @param chosen whether policies may choose it at all, its connection limit aside
 * @param conclusion in one sentence
 * @param steps the configured weight first
 * @param history the latest changes, newest first
 */
public record Explanation(
    String service,
    RealServer server,
    double weight,
    boolean chosen,
    String conclusion,
    List<Step> steps,
    List<Change> history) {
  public Explanation {
    steps = List.copyOf(steps);
    history = List.copyOf(history);
  }

  /**
   * One step.
   *
   * @param source who: {@code configured}, a {@link WeightSource}, an {@link Orderer}, a {@link
   *     Judge}, or the service
   * @param value what it says, such as {@code 50 %} or {@code drain}
   * @param weight after the step
   * @param since when it began to say so
   * @param reason why it does
   */
  public record Step(String source, String value, double weight, Instant since, String reason) {}

  /**
   * Something that changed what the server is given.
   *
   * @param cause such as {@code checks: down (3 checks failed: connection refused)}
   * @param consequence such as {@code weight 1 -> 0}
   */
  public record Change(Instant at, String cause, String consequence) {
    @Override
    public String toString() {
      return at + " " + cause + "; " + consequence;
    }
  }

  /** A weight as people read it: {@code 1}, {@code 0.25}, {@code 12.5}. */
  public static String text(double weight) {
    if (weight == Math.rint(weight)) {
      return String.valueOf((long) weight);
    }
    return String.format(Locale.ROOT, "%.3f", weight).replaceFirst("0+$", "");
  }
}

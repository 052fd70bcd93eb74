package io.jvs.balancing;

import io.jvs.balancing.AdminOrder.Kind;
import io.jvs.balancing.Explanation.Step;
import io.jvs.balancing.Standing.Since;
import io.jvs.model.Failover.WhenDown;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The one place where a server's weight comes about: configured weight, times what checks, agent,
 * slow start, load feedback and the connection limit want of it, then orders, then verdicts. Pure.
 */
final class WeightPipeline {
  private WeightPipeline() {}

  /**
   * What goes in besides the standing.
   *
   * @param configured weight
   * @param configuredSince when the server was defined so
   * @param panic whether the service believes no verdicts at the moment
   * @param trial whether traffic is being tried once although {@link Judge#IN_BAND} is against it
   */
  record Circumstances(
      int configured, Instant configuredSince, WhenDown whenDown, boolean panic, boolean trial) {}

  /**
   * What comes out.
   *
   * @param weight in the units of the configured weight
   * @param excluded no policy may choose it, and remembered clients go elsewhere too
   */
  record Effect(double weight, boolean excluded) {}

  static Effect of(Standing standing, Circumstances now) {
    return of(standing, now, step -> {});
  }

  static List<Step> explain(Standing standing, Circumstances now) {
    List<Step> steps = new ArrayList<>();
    of(standing, now, steps::add);
    return steps;
  }

  private static Effect of(Standing standing, Circumstances now, Consumer<Step> steps) {
    double weight = now.configured();
    steps.accept(
        new Step(
            "configured",
            "weight " + now.configured(),
            weight,
            now.configuredSince(),
            "the definition says so"));
    for (Map.Entry<WeightSource, Since<WeightAdjustment>> each :
        standing.adjustments().entrySet()) {
      WeightAdjustment adjustment = each.getValue().what();
      weight = now.configured() == 0 ? 0 : rounded(adjustment.apply(weight)); // 0 means quiesced
      steps.accept(
          new Step(
              each.getKey().toString(),
              adjustment.value(),
              weight,
              each.getValue().since(),
              adjustment.reason()));
    }
    boolean excluded = false;
    boolean forcedUp = false;
    for (Map.Entry<Orderer, Since<AdminOrder>> each : standing.orders().entrySet()) {
      AdminOrder order = each.getValue().what();
      switch (order.kind()) {
        case MAINTENANCE, FORCE_DOWN -> excluded = true;
        case WEIGHT -> weight = order.weight();
        case FORCE_UP -> forcedUp = true;
        case DRAIN -> {} // below, so that no weight of somebody else comes after it
      }
      boolean drained = excluded || standing.order(Kind.DRAIN) != null;
      steps.accept(
          new Step(
              each.getKey().toString(),
              order.kind() + (order.kind() == Kind.WEIGHT ? " " + order.weight() : ""),
              drained ? 0 : weight,
              each.getValue().since(),
              order.why().isEmpty() ? "by " + order.who() : order.why() + ", by " + order.who()));
    }
    if (standing.order(Kind.DRAIN) != null) {
      weight = 0;
    }
    for (Map.Entry<Judge, Down> each : standing.downs().entrySet()) {
      Down down = each.getValue();
      String believed = "down";
      if (forcedUp) {
        believed = "down, not believed: forced up";
      } else if (now.panic()) {
        believed = "down, not believed: too few servers are up";
      } else if (now.trial() && each.getKey() == Judge.IN_BAND) {
        believed = "down, on trial";
      } else if (now.whenDown() == WhenDown.QUIESCE) {
        weight = 0;
      } else {
        excluded = true;
      }
      steps.accept(
          new Step(
              each.getKey().toString(),
              believed,
              excluded ? 0 : weight,
              down.since(),
              down.reason()));
    }
    return new Effect(weight, excluded);
  }

  /** To millionths, so that 28 % of 100 is 28. */
  private static double rounded(double weight) {
    return Math.rint(weight * 1e6) / 1e6;
  }
}

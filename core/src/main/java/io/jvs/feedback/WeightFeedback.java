package io.jvs.feedback;

import io.jvs.model.FeedbackDeclaration;
import io.jvs.model.FeedbackDeclaration.Meaning;
import io.jvs.model.RealServer;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The control loop behind dynamic weights. From values of one round and the factors so far it makes
 * the next factors; it knows neither time nor threads, so that it can be tested to death.
 *
 * <p>What is averaged is not the wish but what it is made of. For loads that is the load <em>and
 * the factor under which it was seen</em>: their quotient tells how fast a server is, and does not
 * change because a factor did. A loop that averaged the load alone would compare an old load with a
 * new weight, and overshoot by as much as its average is late.
 *
 * <p>Then a factor makes at most one step towards what it should be, and none at all within the
 * dead band. A server without a value goes back to its configured weight in the same steps. Not for
 * use by several threads.
 */
public final class WeightFeedback {
  /** A load below this part of the average counts as this part: an idle server is not infinite. */
  private static final double LEAST_LOAD = 0.05;

  private final Map<InetSocketAddress, State> states = new HashMap<>();

  private static final class State {
    double factor = 1;
    double value = Double.NaN; // averaged
    double seenAt = 1; // the factor averaged alike
  }

  /** All factors are 1. */
  public WeightFeedback() {}

  /**
   * One round.
   *
   * @param sinceLast time since the round before
   * @param servers those of the service; who has weight 0 is left alone
   * @param values by server, 0 or more; absent or NaN for unknown
   * @return the factor of each server with a weight, within floor and ceiling
   */
  public Map<InetSocketAddress, Double> round(
      FeedbackDeclaration rule,
      Duration sinceLast,
      List<RealServer> servers,
      Map<InetSocketAddress, Double> values) {
    Map<InetSocketAddress, State> present = new HashMap<>();
    for (RealServer server : servers) {
      if (server.weight() > 0) {
        State state = states.getOrDefault(server.address(), new State());
        observe(rule, sinceLast, state, values.getOrDefault(server.address(), Double.NaN));
        present.put(server.address(), state);
      }
    }
    states.clear();
    states.putAll(present);
    Map<InetSocketAddress, Double> wanted = wanted(rule.meaning(), servers);
    Map<InetSocketAddress, Double> factors = new LinkedHashMap<>();
    for (RealServer server : servers) {
      State state = states.get(server.address());
      if (state != null) {
        double target = wanted.getOrDefault(server.address(), 1.0);
        state.factor = step(rule, state.factor, target);
        factors.put(server.address(), state.factor);
      }
    }
    return factors;
  }

  /** What follows is measured another way: factors stay, averages begin anew. */
  public void forgetValues() {
    states.values().forEach(state -> state.value = Double.NaN);
  }

  /** All factors are 1 again, without steps. */
  public void reset() {
    states.clear();
  }

  private static void observe(
      FeedbackDeclaration rule, Duration sinceLast, State state, double value) {
    if (!(value >= 0 && value < Double.POSITIVE_INFINITY)) {
      state.value = Double.NaN; // also forgets: what comes after a gap is not the old story
      return;
    }
    if (Double.isNaN(state.value)) {
      state.value = value;
      state.seenAt = state.factor;
      return;
    }
    double share = share(sinceLast, rule.smoothing());
    state.value += share * (value - state.value);
    state.seenAt += share * (state.factor - state.seenAt);
  }

  /** How much of an average a value makes up that stands for this time; 1 without smoothing. */
  static double share(Duration time, Duration constant) {
    return constant.isZero()
        ? 1
        : -Math.expm1(-(double) time.toNanos() / (double) constant.toNanos());
  }

  /** Factors that would be right at once, for servers with a value; nothing if all are idle. */
  private Map<InetSocketAddress, Double> wanted(Meaning meaning, List<RealServer> servers) {
    Map<InetSocketAddress, Double> capacities = new HashMap<>();
    double loads = 0;
    int known = 0;
    for (RealServer server : servers) {
      State state = states.get(server.address());
      if (state != null && !Double.isNaN(state.value)) {
        loads += state.value;
        known++;
      }
    }
    if (known == 0 || loads == 0) {
      return stay();
    }
    double least = LEAST_LOAD * loads / known;
    double configured = 0;
    double capacity = 0;
    for (RealServer server : servers) {
      State state = states.get(server.address());
      if (state == null || Double.isNaN(state.value)) {
        continue;
      }
      double mine =
          meaning == Meaning.WEIGHT
              ? state.value
              : server.weight() * state.seenAt / Math.max(least, state.value);
      capacities.put(server.address(), mine);
      configured += server.weight();
      capacity += mine;
    }
    Map<InetSocketAddress, Double> wanted = new HashMap<>();
    for (RealServer server : servers) {
      Double mine = capacities.get(server.address());
      if (mine != null) {
        wanted.put(server.address(), mine / server.weight() * configured / capacity);
      }
    }
    return wanted;
  }

  /** Nobody does anything, so nothing is known about who could do more. */
  private Map<InetSocketAddress, Double> stay() {
    Map<InetSocketAddress, Double> wanted = new HashMap<>();
    states.forEach(
        (server, state) -> {
          if (!Double.isNaN(state.value)) {
            wanted.put(server, state.factor);
          }
        });
    return wanted;
  }

  /** The next factor: towards the target, by no more than a step, within the limits. */
  static double step(FeedbackDeclaration rule, double factor, double target) {
    if (Double.isNaN(target)) { // numbers beyond all measure tell nothing
      return factor;
    }
    double aim = Math.max(rule.floor(), Math.min(rule.ceiling(), target));
    double distance = aim - factor;
    if (Math.abs(distance) <= rule.deadBand() * factor) {
      return factor;
    }
    return factor + Math.max(-rule.maxStep(), Math.min(rule.maxStep(), distance));
  }
}

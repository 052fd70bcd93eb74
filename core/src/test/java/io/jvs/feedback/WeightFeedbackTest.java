package io.jvs.feedback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.jvs.model.FeedbackDeclaration;
import io.jvs.model.FeedbackDeclaration.Meaning;
import io.jvs.model.RealServer;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class WeightFeedbackTest {
  private static final Duration ROUND = Duration.ofSeconds(2);
  private static final LoadFunction SOURCE = new LoadFunction("load", server -> 0);
  private static final RealServer A = RealServer.of("10.0.0.1:80").withWeight(10);
  private static final RealServer B = RealServer.of("10.0.0.2:80").withWeight(10);
  private static final double ROUNDING = 1e-9;

  private static FeedbackDeclaration rule(Meaning meaning) {
    return FeedbackDeclaration.of(SOURCE, meaning);
  }

  private static FeedbackDeclaration atOnce(Meaning meaning) {
    return rule(meaning).smoothing(Duration.ZERO).maxStep(1).between(0.01, 10).deadBand(0);
  }

  private static Map<InetSocketAddress, Double> round(
      WeightFeedback feedback, FeedbackDeclaration rule, double a, double b) {
    return feedback.round(rule, ROUND, List.of(A, B), Map.of(A.address(), a, B.address(), b));
  }

  private static double of(Map<InetSocketAddress, Double> factors, RealServer server) {
    return factors.getOrDefault(server.address(), Double.NaN);
  }

  @Test
  void wanted_weights_keep_their_proportion_and_the_sum_of_the_configured_ones() {
    var factors = round(new WeightFeedback(), atOnce(Meaning.WEIGHT), 300, 100);
    assertThat(of(factors, A)).isEqualTo(1.5);
    assertThat(of(factors, B)).isEqualTo(0.5);
  }

  @Test
  void twice_the_load_is_half_the_weight() {
    var factors = round(new WeightFeedback(), atOnce(Meaning.LOAD), 0.8, 0.4);
    assertThat(of(factors, B) / of(factors, A)).isEqualTo(2, within(ROUNDING));
  }

  @Test
  void one_round_makes_one_step() {
    var factors = round(new WeightFeedback(), rule(Meaning.WEIGHT), 300, 100);
    assertThat(of(factors, A)).isEqualTo(1.1, within(ROUNDING));
    assertThat(of(factors, B)).isEqualTo(0.9, within(ROUNDING));
  }

  @Test
  void what_is_nearly_right_stays() {
    var factors = round(new WeightFeedback(), rule(Meaning.WEIGHT), 101, 100);
    assertThat(factors.values()).containsOnly(1.0);
  }

  @Test
  void idle_servers_keep_their_weights() {
    WeightFeedback feedback = new WeightFeedback();
    var busy = round(feedback, atOnce(Meaning.LOAD), 0.8, 0.4);
    assertThat(round(feedback, atOnce(Meaning.LOAD), 0, 0)).isEqualTo(busy);
  }

  @Test
  void one_idle_server_gets_more_but_not_all() {
    var factors = round(new WeightFeedback(), atOnce(Meaning.LOAD).maxStep(0.3), 1, 0);
    assertThat(of(factors, A)).isEqualTo(0.7, within(ROUNDING));
    assertThat(of(factors, B)).isEqualTo(1.3, within(ROUNDING));
  }

  @Test
  void without_a_value_a_server_goes_back_to_its_weight_step_by_step() {
    WeightFeedback feedback = new WeightFeedback();
    FeedbackDeclaration rule = rule(Meaning.WEIGHT).deadBand(0).smoothing(Duration.ZERO);
    for (int i = 0; i < 3; i++) {
      round(feedback, rule, 300, 100);
    }
    assertThat(of(round(feedback, rule, 300, Double.NaN), B)).isEqualTo(0.8, within(ROUNDING));
    for (int i = 0; i < 3; i++) {
      round(feedback, rule, 300, Double.NaN);
    }
    assertThat(of(round(feedback, rule, 300, Double.NaN), B)).isEqualTo(1, within(ROUNDING));
  }

  @Test
  void a_quiesced_server_is_left_alone() {
    WeightFeedback feedback = new WeightFeedback();
    var factors =
        feedback.round(
            rule(Meaning.LOAD),
            ROUND,
            List.of(A, B.withWeight(0)),
            Map.of(A.address(), 0.5, B.address(), 0.9));
    assertThat(factors).containsOnlyKeys(A.address());
  }

  @Property(tries = 300)
  void whatever_is_measured_factors_stay_within_limits_and_move_by_steps(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 8) int servers,
      @ForAll @DoubleRange(min = 0.01, max = 1) double maxStep,
      @ForAll @DoubleRange(min = 0.01, max = 1) double floor,
      @ForAll @DoubleRange(min = 1, max = 10) double ceiling,
      @ForAll Meaning meaning) {
    Random random = new Random(seed);
    FeedbackDeclaration rule =
        rule(meaning)
            .maxStep(maxStep)
            .between(floor, ceiling)
            .smoothing(Duration.ofMillis(random.nextInt(20_000)));
    List<RealServer> all = new ArrayList<>();
    for (int i = 0; i < servers; i++) {
      all.add(RealServer.of("10.0.0." + (i + 1) + ":80").withWeight(random.nextInt(100)));
    }
    WeightFeedback feedback = new WeightFeedback();
    Map<InetSocketAddress, Double> before = new HashMap<>();
    for (int round = 0; round < 50; round++) {
      Map<InetSocketAddress, Double> values = new HashMap<>();
      for (RealServer server : all) {
        values.put(server.address(), wild(random));
      }
      var factors = feedback.round(rule, Duration.ofMillis(random.nextInt(9_000)), all, values);
      factors.forEach(
          (server, factor) -> {
            assertThat(factor).isBetween(floor - ROUNDING, ceiling + ROUNDING);
            assertThat(Math.abs(factor - before.getOrDefault(server, 1.0)))
                .isLessThanOrEqualTo(maxStep + ROUNDING);
          });
      before.putAll(factors);
    }
  }

  private static double wild(Random random) {
    double[] values = {
      0, 1e-300, 1e300, Double.NaN, -1, Double.POSITIVE_INFINITY, random.nextDouble()
    };
    return random.nextInt(3) > 0 ? random.nextDouble() * 100 : values[random.nextInt(7)];
  }

  @Property(tries = 300)
  void towards_a_constant_wish_factors_go_without_turning_back_and_arrive(
      @ForAll @DoubleRange(min = 1, max = 1000) double a,
      @ForAll @DoubleRange(min = 1, max = 1000) double b,
      @ForAll @DoubleRange(min = 0.01, max = 1) double maxStep) {
    FeedbackDeclaration rule = rule(Meaning.WEIGHT).maxStep(maxStep);
    WeightFeedback feedback = new WeightFeedback();
    double target = clamp(2 * a / (a + b), rule.floor(), rule.ceiling());
    double before = 1;
    // The farthest way is 0.9 or 1, in steps.
    for (int i = 0; i <= 1 / maxStep + 1; i++) {
      double now = of(round(feedback, rule, a, b), A);
      assertThat(Math.abs(now - target)).isLessThanOrEqualTo(Math.abs(before - target) + ROUNDING);
      assertThat((now - before) * (target - before)).isGreaterThanOrEqualTo(0);
      before = now;
    }
    assertThat(before).isEqualTo(target, within(rule.deadBand() * before + ROUNDING));
  }

  private static double clamp(double value, double min, double max) {
    return Math.max(min, Math.min(max, value));
  }

  /** Load is demand by speed, seen {@code delay} rounds late, as measurements are. */
  @Property(tries = 200)
  void in_a_closed_loop_weights_converge_to_the_speeds_and_rest(
      @ForAll @DoubleRange(min = 0.4, max = 1) double slower,
      @ForAll @IntRange(max = 2) int delay) {
    FeedbackDeclaration rule = rule(Meaning.LOAD);
    WeightFeedback feedback = new WeightFeedback();
    List<double[]> history = new ArrayList<>();
    double[] now = {1, 1};
    for (int round = 0; round < 200; round++) {
      history.add(now);
      double[] seen = history.get(Math.max(0, history.size() - 1 - delay));
      double share = seen[0] / (seen[0] + seen[1]);
      var factors = round(feedback, rule, share / slower, 1 - share);
      now = new double[] {of(factors, A), of(factors, B)};
      if (round > 100) {
        // Two dead bands: each of the two factors may rest that far from where it should be.
        assertThat(now[0] / now[1]).isEqualTo(slower, within(slower * 2.5 * rule.deadBand()));
        assertThat(now).as("at rest in round %d", round).isEqualTo(history.get(round));
      }
    }
  }

  @Test
  void an_agent_that_swings_is_damped() {
    FeedbackDeclaration rule = rule(Meaning.WEIGHT);
    WeightFeedback feedback = new WeightFeedback();
    double least = 2;
    double most = 0;
    for (int i = 0; i < 200; i++) {
      // One says 10 and 1000 in turns, the other always 505, which is the first one's mean.
      double now = of(round(feedback, rule, i % 2 == 0 ? 10 : 1000, 505), A);
      if (i > 50) {
        least = Math.min(least, now);
        most = Math.max(most, now);
      }
    }
    // An average over 5 rounds of 2 s lets a square wave of +-98 % through as about +-10 %, of
    // which the share of the sum, x / (x + 1), makes half.
    assertThat(most - least).isLessThan(0.12);
    assertThat((most + least) / 2).isEqualTo(1, within(0.05));
  }
}

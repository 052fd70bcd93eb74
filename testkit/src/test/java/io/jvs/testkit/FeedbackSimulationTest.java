package io.jvs.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.jvs.model.FeedbackDeclaration;
import io.jvs.testkit.FeedbackSimulation.Sample;
import java.time.Duration;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(QuietLog.class)
class FeedbackSimulationTest {
  private static FeedbackDeclaration rash(FeedbackDeclaration usual) {
    return usual.smoothing(Duration.ZERO).maxStep(1).deadBand(0);
  }

  private static DoubleSummaryStatistics weights(
      List<Sample> series, int server, int from, int to) {
    return series.stream()
        .filter(sample -> sample.server().equals("10.0.0." + (server + 1) + ":80"))
        .filter(sample -> sample.at().toSeconds() > from && sample.at().toSeconds() <= to)
        .mapToDouble(Sample::weight)
        .summaryStatistics();
  }

  private static double swing(List<Sample> series, int server, int from, int to) {
    DoubleSummaryStatistics weights = weights(series, server, from, to);
    return (weights.getMax() - weights.getMin()) / weights.getAverage();
  }

  @Test
  void weights_converge_to_the_speeds_and_rest_there() {
    List<Sample> series = FeedbackSimulation.differentSpeeds().run(Duration.ofMinutes(5));

    // 1 : 2 : 4 of a sum of 300, within two dead bands of 2 %.
    for (int server = 0; server < 3; server++) {
      double right = 300.0 * (1 << server) / 7;
      assertThat(weights(series, server, 90, 150).getAverage())
          .isEqualTo(right, within(0.04 * right));
      assertThat(swing(series, server, 90, 150)).as("server %d", server).isLessThan(0.05);
    }
  }

  @Test
  void when_a_server_becomes_slower_its_weight_follows_and_rests_again() {
    List<Sample> series = FeedbackSimulation.differentSpeeds().run(Duration.ofMinutes(5));

    double[] right = {75, 150, 75};
    for (int server = 0; server < 3; server++) {
      assertThat(weights(series, server, 250, 300).getAverage())
          .isEqualTo(right[server], within(0.05 * right[server]));
      assertThat(swing(series, server, 250, 300)).as("server %d", server).isLessThan(0.05);
    }
  }

  @Test
  void no_server_is_overloaded_any_more_once_weights_have_settled() {
    List<Sample> series = FeedbackSimulation.differentSpeeds().run(Duration.ofSeconds(149));

    assertThat(series)
        .filteredOn(sample -> sample.at().toSeconds() == 1)
        .anySatisfy(sample -> assertThat(sample.utilization()).isGreaterThan(0.95));
    assertThat(series)
        .filteredOn(sample -> sample.at().toSeconds() > 90)
        .allSatisfy(sample -> assertThat(sample.utilization()).isLessThan(0.5));
  }

  @Test
  void an_agent_that_swings_by_a_hundred_moves_the_others_little() {
    List<Sample> damped = FeedbackSimulation.oscillatingAgent().run(Duration.ofMinutes(5));
    List<Sample> rash =
        FeedbackSimulation.oscillatingAgent(FeedbackSimulationTest::rash)
            .run(Duration.ofMinutes(5));

    for (int server = 1; server < 3; server++) {
      assertThat(swing(damped, server, 100, 300)).isLessThan(0.15);
      assertThat(swing(rash, server, 100, 300)).isGreaterThan(0.5);
    }
  }

  @Test
  void under_wrr_they_converge_as_well() {
    List<Sample> series =
        FeedbackSimulation.differentSpeeds().scheduler("wrr").run(Duration.ofSeconds(149));

    for (int server = 0; server < 3; server++) {
      double right = 300.0 * (1 << server) / 7;
      assertThat(weights(series, server, 90, 149).getAverage())
          .isEqualTo(right, within(0.04 * right));
      assertThat(swing(series, server, 90, 149)).as("server %d", server).isLessThan(0.05);
    }
  }

  @Test
  void equal_settings_give_equal_series() {
    Duration minute = Duration.ofMinutes(1);
    assertThat(FeedbackSimulation.differentSpeeds().run(minute))
        .isEqualTo(FeedbackSimulation.differentSpeeds().run(minute))
        .hasSize(180);
  }
}

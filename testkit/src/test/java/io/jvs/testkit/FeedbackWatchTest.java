package io.jvs.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.balancing.Explanation;
import io.jvs.balancing.LoadBalancer;
import io.jvs.feedback.LoadFunction;
import io.jvs.health.CheckRunner;
import io.jvs.health.HealthMonitor;
import io.jvs.model.FeedbackDeclaration;
import io.jvs.model.FeedbackDeclaration.Meaning;
import io.jvs.model.RealServer;
import io.jvs.model.VirtualService;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The rounds of {@code io.jvs.health}, on virtual time. */
class FeedbackWatchTest {
  private static final RealServer ONE = RealServer.of("10.0.0.1:80").withWeight(10);
  private static final RealServer TWO = RealServer.of("10.0.0.2:80").withWeight(10);
  private static final Duration ROUND = Duration.ofSeconds(2);

  private final ManualTicker ticker = new ManualTicker();
  private final ManualExecutor executor = new ManualExecutor(ticker);
  private final Map<InetSocketAddress, Double> loads = new HashMap<>();
  private final FeedbackDeclaration feedback =
      FeedbackDeclaration.of(new LoadFunction("queue length", this::load), Meaning.LOAD)
          .smoothing(Duration.ZERO);
  private final VirtualService service =
      VirtualService.inProcess("web").realServer(ONE).realServer(TWO).feedback(feedback).build();
  private final LoadBalancer balancer = LoadBalancer.builder(service).ticker(ticker).build();
  private final HealthMonitor monitor =
      new HealthMonitor(new CheckRunner(executor, executor, 1), new SplittableRandom(1));

  @BeforeEach
  void watch() {
    loads.put(ONE.address(), 6.0);
    loads.put(TWO.address(), 2.0);
    monitor.watch(balancer);
  }

  @AfterEach
  void close() {
    monitor.close();
    balancer.close();
  }

  private double load(RealServer server) {
    Double known = loads.get(server.address());
    if (known == null) {
      throw new IllegalStateException("no queue");
    }
    return known;
  }

  private double weight(RealServer server) {
    return balancer.control().explain(server.address()).weight();
  }

  private void apply(VirtualService changed) {
    balancer.apply(changed);
    monitor.watch(balancer);
    executor.runDue();
  }

  @Test
  void each_round_is_a_step_and_says_why() {
    ticker.advance(ROUND);
    assertThat(weight(ONE)).isEqualTo(9);
    assertThat(weight(TWO)).isEqualTo(11);
    Explanation explanation = balancer.control().explain(ONE.address());
    assertThat(explanation.steps())
        .anySatisfy(
            step -> {
              assertThat(step.source()).isEqualTo("feedback");
              assertThat(step.value()).isEqualTo("90 %");
              assertThat(step.reason()).isEqualTo("queue length is 6.000");
            });
    ticker.advance(ROUND);
    assertThat(weight(ONE)).isEqualTo(8);
  }

  @Test
  void a_reload_keeps_what_was_found_and_a_slower_step_counts_from_there() {
    ticker.advance(ROUND);
    apply(service.toBuilder().feedback(feedback.maxStep(0.05)).build());
    assertThat(weight(ONE)).isEqualTo(9);
    ticker.advance(ROUND);
    assertThat(weight(ONE)).isEqualTo(8.5);
  }

  @Test
  void without_a_declaration_weights_are_as_configured_again() {
    ticker.advance(ROUND);
    apply(service.toBuilder().feedback(null).build());
    ticker.advance(ROUND);
    assertThat(weight(ONE)).isEqualTo(10);
    assertThat(weight(TWO)).isEqualTo(10);
    apply(service);
    ticker.advance(ROUND);
    assertThat(weight(ONE)).isEqualTo(9);
  }

  @Test
  void a_measure_that_fails_is_warned_of_and_its_server_goes_back() {
    ticker.advance(ROUND.multipliedBy(2));
    assertThat(weight(ONE)).isEqualTo(8);
    loads.remove(ONE.address());
    ticker.advance(ROUND);
    assertThat(weight(ONE)).isEqualTo(9);
    assertThat(balancer.status(ONE.address()))
        .isNotNull()
        .satisfies(status -> assertThat(status.warnings()).containsEntry("feedback", "no queue"));
    loads.put(ONE.address(), 2.0);
    ticker.advance(ROUND);
    assertThat(balancer.status(ONE.address()))
        .isNotNull()
        .satisfies(status -> assertThat(status.warnings()).isEmpty());
  }

  @Test
  void a_server_that_has_left_is_not_asked() {
    apply(service.toBuilder().realServers(List.of(TWO)).build());
    loads.remove(ONE.address()); // would be a failure
    ticker.advance(ROUND);
    assertThat(weight(TWO)).as("alone, it is the average").isEqualTo(10);
  }
}

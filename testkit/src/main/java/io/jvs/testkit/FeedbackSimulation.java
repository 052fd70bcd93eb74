package io.jvs.testkit;

import io.jvs.balancing.LoadBalancer;
import io.jvs.balancing.ServerStatus;
import io.jvs.feedback.LoadFunction;
import io.jvs.health.CheckRunner;
import io.jvs.health.HealthMonitor;
import io.jvs.model.FeedbackDeclaration;
import io.jvs.model.FeedbackDeclaration.Meaning;
import io.jvs.model.Flow;
import io.jvs.model.RealServer;
import io.jvs.model.VirtualService;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;

/**
 * Servers of different speed behind one service whose weights follow their load, on virtual time: a
 * real load balancer and health monitor, simulated servers. Each server tells every second how busy
 * it was during the second before. Equal settings give equal results.
 *
 * <pre>{@code
 * List<Sample> series = FeedbackSimulation.differentSpeeds().run(Duration.ofMinutes(5));
 * }</pre>
 */
public final class FeedbackSimulation {
  private static final Duration STEP = Duration.ofMillis(100);
  private static final Duration REPORT = Duration.ofSeconds(1);
  private static final int WEIGHT = 100;

  private final ManualTicker ticker = new ManualTicker();
  private final double requestsPerSecond;
  private final Speeds speeds;
  private final Reports reports;
  private final List<RealServer> servers = new ArrayList<>();
  private final double[] work; // requests waiting or served in this second
  private final double[] reported;
  private final FeedbackDeclaration declaration;
  private String scheduler = "swrr";

  /** How many requests a server can serve per second, 1 or more. */
  @FunctionalInterface
  public interface Speeds {
    double of(int server, Duration at);
  }

  /** What a server says of itself, perhaps not the truth. */
  @FunctionalInterface
  public interface Reports {
    double of(int server, Duration at, double utilization);
  }

  /**
   * A server at a moment.
   *
   * @param at since the beginning
   * @param server {@code 10.0.0.1:80} and so on
   * @param weight the effective one; {@value FeedbackSimulation#WEIGHT} is configured
   * @param utilization during the latest second, 0 to 1
   */
  public record Sample(Duration at, String server, double weight, double utilization) {}

  /**
   * A world of one's own.
   *
   * @param count of servers, 1 to 250
   * @param requestsPerSecond to all of them together
   * @param tuning of the usual declaration
   */
  public FeedbackSimulation(
      int count,
      double requestsPerSecond,
      Speeds speeds,
      Reports reports,
      UnaryOperator<FeedbackDeclaration> tuning) {
    this.requestsPerSecond = requestsPerSecond;
    this.speeds = speeds;
    this.reports = reports;
    this.work = new double[count];
    this.reported = new double[count];
    for (int i = 0; i < count; i++) {
      servers.add(RealServer.of("10.0.0." + (i + 1) + ":80").withWeight(WEIGHT));
    }
    LoadFunction source =
        new LoadFunction("utilization", server -> reported[servers.indexOf(server)]);
    this.declaration = tuning.apply(FeedbackDeclaration.of(source, Meaning.LOAD));
  }

  /** Speeds 1 : 2 : 4; after 150 s the fastest becomes as slow as the slowest. */
  public static FeedbackSimulation differentSpeeds() {
    return new FeedbackSimulation(
        3,
        300,
        (server, at) -> server == 2 && at.toSeconds() >= 150 ? 100 : 100 << server,
        (server, at, utilization) -> utilization,
        usual -> usual);
  }

  /** Three equal servers, of which the first tells a tenth and ten times its load in turns. */
  public static FeedbackSimulation oscillatingAgent() {
    return oscillatingAgent(usual -> usual);
  }

  /**
   * The same with other settings, such as without smoothing and steps, to see what they are for.
   */
  public static FeedbackSimulation oscillatingAgent(UnaryOperator<FeedbackDeclaration> tuning) {
    return new FeedbackSimulation(
        3,
        300,
        (server, at) -> 200,
        (server, at, utilization) ->
            server > 0
                ? utilization
                : at.toSeconds() / 2 % 2 == 0 ? utilization / 10 : utilization * 10,
        tuning);
  }

  /** Another policy than {@code swrr}. */
  public FeedbackSimulation scheduler(String name) {
    scheduler = name;
    return this;
  }

  /** Runs for so long, from the beginning; a sample of each server per second. Once only. */
  public List<Sample> run(Duration length) {
    VirtualService service =
        VirtualService.inProcess("simulated")
            .scheduler(scheduler)
            .realServers(servers)
            .feedback(declaration)
            .build();
    ManualExecutor executor = new ManualExecutor(ticker);
    List<Sample> samples = new ArrayList<>();
    try (LoadBalancer balancer = LoadBalancer.builder(service).ticker(ticker).build();
        CheckRunner runner = new CheckRunner(executor, executor, 1);
        HealthMonitor monitor = new HealthMonitor(runner, new SplittableRandom(1))) {
      monitor.watch(balancer);
      double due = 0;
      while (ticker.elapsed().compareTo(length) < 0) {
        due += requestsPerSecond * STEP.toMillis() / 1000;
        for (; due >= 1; due--) {
          RealServer chosen = balancer.pick(Flow.any());
          if (chosen != null) {
            work[servers.indexOf(chosen)]++;
          }
        }
        ticker.advance(STEP);
        if (ticker.elapsed().toNanos() % REPORT.toNanos() == 0) {
          report(balancer, samples);
        }
      }
    }
    return samples;
  }

  private void report(LoadBalancer balancer, List<Sample> samples) {
    Duration now = ticker.elapsed();
    for (int i = 0; i < work.length; i++) {
      double possible = speeds.of(i, now);
      double utilization = Math.min(1, work[i] / possible);
      work[i] = 0; // what could not be served has been refused
      reported[i] = reports.of(i, now, utilization);
      ServerStatus status = balancer.status(servers.get(i).address());
      if (status != null) {
        samples.add(new Sample(now, servers.get(i).name(), status.weight(), utilization));
      }
    }
  }
}

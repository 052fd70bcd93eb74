package io.jvs.benchmarks.pictures.health;

import io.jvs.balancing.Admission;
import io.jvs.balancing.Connection;
import io.jvs.balancing.Failure;
import io.jvs.balancing.LoadBalancer;
import io.jvs.balancing.LoadBalancerEvent;
import io.jvs.balancing.Phase;
import io.jvs.balancing.ServerStatus;
import io.jvs.health.CheckResult;
import io.jvs.health.CheckRunner;
import io.jvs.health.FunctionCheck;
import io.jvs.health.HealthMonitor;
import io.jvs.model.CheckTiming;
import io.jvs.model.Flow;
import io.jvs.model.HealthDeclaration;
import io.jvs.model.RealServer;
import io.jvs.model.VirtualService;
import io.jvs.resilience.InBandDeclaration;
import io.jvs.resilience.InBandHealth;
import io.jvs.testkit.ManualExecutor;
import io.jvs.testkit.ManualTicker;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A fleet of servers behind one load balancer with its monitor, on virtual time. Calls arrive as a
 * Poisson process and last an exponentially distributed time; one that fails without any server
 * having seen it is tried elsewhere. The same classes run as in production; only time, chance and
 * the servers are not real.
 */
final class HealthWorld {
  static final double CALLS_PER_SECOND = 200;
  private static final double MEAN_SECONDS = 0.05;
  private static final double ERROR_SECONDS = 0.001;

  private final Random chance; // whose algorithm is specified, so that every JDK draws the same
  private final ManualTicker ticker = new ManualTicker();
  private final long start = ticker.nanoTime();
  private final LoadBalancer balancer;
  private final List<InetSocketAddress> addresses = new ArrayList<>();
  private final Fault[] faults;
  private final boolean[] lies;
  private final int[] tried; // connections given to each server since the last sample
  private final PriorityQueue<End> ends =
      new PriorityQueue<>(Comparator.comparingLong(End::nanos).thenComparingLong(End::number));
  private final List<String> events = new ArrayList<>();
  private long number;
  private long nextCall;
  private int calls;
  private int failed;
  private int verdicts;

  /** When a call ends, and how; the number decides between two of one moment. */
  private record End(long nanos, long number, Connection connection, @Nullable Failure failure) {}

  HealthWorld(
      long seed,
      int servers,
      UnaryOperator<VirtualService.Builder> declare,
      @Nullable InBandDeclaration inBand) {
    this.chance = new Random(seed);
    this.faults = new Fault[servers];
    this.lies = new boolean[servers];
    this.tried = new int[servers];
    Arrays.fill(faults, Fault.NONE);
    VirtualService.Builder service = VirtualService.inProcess("fleet").scheduler("swrr");
    for (int i = 0; i < servers; i++) {
      RealServer server = RealServer.of("10.0.0." + (i + 1) + ":80");
      addresses.add(server.address());
      service.realServer(server);
    }
    this.balancer =
        LoadBalancer.builder(declare.apply(service).build())
            .ticker(ticker)
            .random(new Random(seed + 1))
            .listener(this::heard)
            .build();
    ManualExecutor executor = new ManualExecutor(ticker);
    HealthMonitor monitor =
        new HealthMonitor(new CheckRunner(executor, executor, 100), new Random(seed + 2));
    monitor.watch(balancer);
    if (inBand != null) {
      new InBandHealth(executor, new Random(seed + 3), monitor).watch(balancer, inBand);
    }
    this.nextCall = exponential(1 / CALLS_PER_SECOND);
  }

  /**
   * Checks from outside, which see dead and failing servers, and not that one is slow.
   *
   * @param world asked when a check is made, as the checks are declared before there is a world
   */
  static HealthDeclaration checks(Supplier<HealthWorld> world, CheckTiming timing) {
    return HealthDeclaration.of(
        new FunctionCheck(
            "check",
            attempt ->
                CompletableFuture.completedFuture(world.get().check(attempt.server().address()))),
        timing);
  }

  private CheckResult check(InetSocketAddress address) {
    int server = addresses.indexOf(address);
    if (lies[server]) {
      return CheckResult.failed("status 404");
    }
    return switch (faults[server]) {
      case DEAD -> CheckResult.failed("connection refused");
      case FAILS_FAST -> CheckResult.failed("status 500");
      case NONE, SLOW -> CheckResult.passed("status 200");
    };
  }

  /** Whether checks of this server fail although it works. */
  void lie(int server, boolean lying) {
    lies[server] = lying;
  }

  private void heard(LoadBalancerEvent event) {
    events.add(event.toString());
    if (event instanceof LoadBalancerEvent.ServerUp
        || event instanceof LoadBalancerEvent.ServerDown) {
      verdicts++;
    }
  }

  void fault(int server, Fault fault) {
    faults[server] = fault;
  }

  /** Lets all happen that happens until so many seconds from the beginning. */
  void runUntil(double seconds) {
    long until = (long) (seconds * 1e9);
    while (true) {
      End end = ends.peek();
      if (end != null && end.nanos() <= nextCall && end.nanos() <= until) {
        passTo(end.nanos());
        ends.remove();
        end(end);
      } else if (nextCall <= until) {
        passTo(nextCall);
        calls++;
        serve(balancer.admit(Flow.any()));
        nextCall = now() + exponential(1 / CALLS_PER_SECOND);
      } else {
        passTo(until);
        return;
      }
    }
  }

  private void serve(Admission admission) {
    if (!(admission instanceof Connection connection)) {
      failed++;
      return;
    }
    int server = addresses.indexOf(connection.server().address());
    tried[server]++;
    connection.advance(Phase.ACTIVE);
    switch (faults[server]) {
      case DEAD -> {
        connection.fail(Failure.NEVER_SENT, "connection refused");
        serve(balancer.admitElsewhere(Flow.any(), connection));
      }
      case FAILS_FAST -> endIn(ERROR_SECONDS, connection, Failure.MAYBE_PROCESSED);
      case NONE -> endIn(seconds(MEAN_SECONDS), connection, null);
      case SLOW -> endIn(seconds(MEAN_SECONDS * 10), connection, null);
    }
  }

  private void endIn(double seconds, Connection connection, @Nullable Failure failure) {
    ends.add(new End(now() + (long) (seconds * 1e9), number++, connection, failure));
  }

  private void end(End end) {
    if (end.failure() == null) {
      end.connection().close();
    } else {
      failed++;
      end.connection().fail(end.failure(), "status 500");
    }
  }

  private double seconds(double mean) {
    return -StrictMath.log(1 - chance.nextDouble()) * mean;
  }

  private long exponential(double mean) {
    return (long) (seconds(mean) * 1e9);
  }

  private void passTo(long nanos) {
    if (nanos > now()) {
      ticker.advance(Duration.ofNanos(nanos - now()));
    }
  }

  private long now() {
    return ticker.nanoTime() - start;
  }

  /** The part of the connections since the last sample that was given to each server. */
  double[] shares() {
    int all = Math.max(1, Arrays.stream(tried).sum());
    double[] shares = new double[tried.length];
    for (int i = 0; i < tried.length; i++) {
      shares[i] = (double) tried[i] / all;
      tried[i] = 0;
    }
    return shares;
  }

  /** Effective weights; 0 for servers that get nothing. */
  double[] weights() {
    double[] weights = new double[addresses.size()];
    for (int i = 0; i < weights.length; i++) {
      ServerStatus status = balancer.status(addresses.get(i));
      weights[i] = status == null || status.excluded() ? 0 : status.weight();
    }
    return weights;
  }

  int open(int server) {
    ServerStatus status = balancer.status(addresses.get(server));
    return status == null ? 0 : status.active();
  }

  LoadBalancer balancer() {
    return balancer;
  }

  InetSocketAddress address(int server) {
    return addresses.get(server);
  }

  /** How often servers went up or down. */
  int verdicts() {
    return verdicts;
  }

  int calls() {
    return calls;
  }

  /** Calls whose caller met a failure. */
  int failed() {
    return failed;
  }

  List<String> events() {
    return events;
  }
}

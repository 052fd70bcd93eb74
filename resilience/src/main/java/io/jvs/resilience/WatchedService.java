package io.jvs.resilience;

import io.jvs.balancing.Failure;
import io.jvs.balancing.LoadBalancer;
import io.jvs.balancing.LoadBalancerEvent;
import io.jvs.balancing.LoadBalancerListener;
import io.jvs.balancing.OutcomeListener;
import io.jvs.balancing.RendezvousSubset;
import io.jvs.health.CheckResult;
import io.jvs.health.HealthMonitor;
import io.jvs.model.RealServer;
import io.jvs.model.StatusRanges;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The servers of one service, judged together. Outcomes and events come from any thread; everything
 * else happens on the timer's.
 */
final class WatchedService implements OutcomeListener, LoadBalancerListener {
  /** How often all are looked at, besides whenever something bad is heard. */
  private static final Duration SWEEP = Duration.ofSeconds(1);

  private final LoadBalancer balancer;
  private final ScheduledExecutorService timer;
  private final RandomGenerator random;
  private final @Nullable HealthMonitor checks;
  private final Clock clock;
  private final Map<InetSocketAddress, WatchedServer> servers = new ConcurrentHashMap<>();
  private volatile @Nullable Set<InetSocketAddress> listed; // null: to be asked again
  private volatile InBandDeclaration declared; // written by the timer
  private volatile boolean stopped; // likewise
  private Detector detector;
  private @Nullable Future<?> sweep;
  private Set<InetSocketAddress> countedFor = Set.of();
  private int out; // of countedFor

  WatchedService(
      LoadBalancer balancer,
      InBandDeclaration declared,
      ScheduledExecutorService timer,
      RandomGenerator random,
      @Nullable HealthMonitor checks) {
    this.balancer = balancer;
    this.declared = declared;
    this.timer = timer;
    this.random = random;
    this.checks = checks;
    this.clock = new TickerClock(balancer);
    this.detector = new Detector(declared);
  }

  void start() {
    balancer.addListener(this);
    balancer.addOutcomes(this);
    sweep = schedule(SWEEP, this::sweep);
  }

  /**
   * @param readmit whether those that are out return
   */
  void stop(boolean readmit) {
    stopped = true;
    balancer.removeOutcomes(this);
    balancer.removeListener(this);
    if (sweep != null) {
      sweep.cancel(false);
    }
    servers.values().forEach(server -> server.stop(readmit));
  }

  void declare(InBandDeclaration declaration) {
    if (declaration.equals(declared)) {
      return;
    }
    declared = declaration;
    detector = new Detector(declaration);
    servers.values().forEach(WatchedServer::declared);
  }

  @Override
  public void outcome(RealServer server, @Nullable Failure failure, long nanos) {
    WatchedServer known = servers.get(server.address());
    if (known == null) {
      if (!listed().contains(server.address())) {
        return; // the fallback, which is asked when there is nobody else, or one that is leaving
      }
      known = servers.computeIfAbsent(server.address(), a -> new WatchedServer(this, server));
    }
    known.outcome(failure, nanos);
  }

  @Override
  public boolean readsAnswers() {
    return declared.failedStatus() != null;
  }

  /** An answer that is no status line is one, whatever it says. */
  @Override
  public @Nullable Failure judge(ByteBuffer firstBytes) {
    StatusRanges failed = declared.failedStatus();
    return failed != null && failed.contains(HttpStatusLine.status(firstBytes))
        ? Failure.MAYBE_PROCESSED
        : null;
  }

  @Override
  public long patienceNanos() {
    Duration slowCall = declared.slowCall();
    return slowCall == null ? Long.MAX_VALUE : slowCall.toNanos();
  }

  @Override
  public void onEvent(LoadBalancerEvent event) {
    if (event instanceof LoadBalancerEvent.ServerAdded added) {
      listed = null;
      WatchedServer known = servers.get(added.server().address());
      if (known != null) {
        known.listedAgain();
      }
    } else if (event instanceof LoadBalancerEvent.ServerRemoved removed) {
      listed = null;
      InetSocketAddress gone = removed.server().address();
      var unused = schedule(declared.ejectionTime().max(), () -> forget(gone));
    } else if (event instanceof LoadBalancerEvent.ServiceChanged) {
      listed = null; // another subset
    }
  }

  /** It has been away for long enough to be a new one if it ever returns. */
  private void forget(InetSocketAddress address) {
    if (!listed().contains(address)) {
      WatchedServer gone = servers.remove(address);
      if (gone != null) {
        gone.stop(true);
      }
    }
  }

  private void sweep() {
    if (stopped) {
      return;
    }
    Map<WatchedServer, Statistics> seen = new HashMap<>();
    for (WatchedServer server : servers.values()) {
      if (server.isIn()) {
        seen.put(server, server.read());
      }
    }
    detector.findings(seen).forEach(WatchedServer::found);
    sweep = schedule(SWEEP, this::sweep);
  }

  /** Whether one more may be ejected. */
  boolean hasRoom() {
    Set<InetSocketAddress> all = listed();
    if (all != countedFor) {
      countedFor = all;
      out =
          (int)
              servers.values().stream()
                  .filter(server -> !server.isIn() && all.contains(server.address()))
                  .count();
    }
    return out < declared.ejectable(all.size());
  }

  /** One more is out, or one less; so that nobody has to count them all for each. */
  void moved(WatchedServer server, boolean nowIn) {
    if (countedFor.contains(server.address())) {
      out += nowIn ? -1 : 1;
    }
  }

  int size() {
    return listed().size();
  }

  private Set<InetSocketAddress> listed() {
    Set<InetSocketAddress> known = listed;
    if (known == null) {
      known =
          RendezvousSubset.of(balancer.service()).stream()
              .map(RealServer::address)
              .collect(Collectors.toUnmodifiableSet());
      listed = known;
    }
    return known;
  }

  /** Asks the active checks of a server; completes on any thread. */
  CompletableFuture<CheckResult> check(InetSocketAddress server) {
    return checks == null
        ? CompletableFuture.completedFuture(CheckResult.passed("there are no active checks"))
        : checks.checkNow(balancer, server);
  }

  InBandDeclaration declared() {
    return declared;
  }

  Detector detector() {
    return detector;
  }

  LoadBalancer balancer() {
    return balancer;
  }

  Clock clock() {
    return clock;
  }

  /** From 0 to 1. */
  double chance() {
    return random.nextDouble();
  }

  boolean isStopped() {
    return stopped;
  }

  void execute(Runnable task) {
    try {
      timer.execute(task);
    } catch (RejectedExecutionException e) {
      // Closed: nobody is judged any more.
    }
  }

  @Nullable Future<?> schedule(Duration delay, Runnable task) {
    try {
      return timer.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) {
      return null; // likewise
    }
  }
}

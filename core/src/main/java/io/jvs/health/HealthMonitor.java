package io.jvs.health;

import io.jvs.balancing.Judge;
import io.jvs.balancing.LoadBalancer;
import io.jvs.balancing.RendezvousSubset;
import io.jvs.balancing.WeightSource;
import io.jvs.model.CheckDeclaration;
import io.jvs.model.HealthDeclaration;
import io.jvs.model.RealServer;
import io.jvs.model.VirtualService;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Checks the real servers of services that declare how, and tells their load balancers the
 * verdicts. What is known about a server survives changes of the service, by address, and with
 * {@link #findings} and {@link #remember} a restart.
 *
 * <p>All state belongs to the timer's one thread; methods may be called by any. The first check of
 * a server comes at a random moment of the first interval, so that many servers are not checked in
 * bursts.
 */
public final class HealthMonitor implements AutoCloseable {
  private final CheckRunner runner;
  private final boolean ownsRunner;
  private final ScheduledExecutorService timer;
  private final RandomGenerator random;
  private final Map<LoadBalancer, Watched> watched = new LinkedHashMap<>(); // timer only
  private final Map<ServerKey, Finding> remembered = new ConcurrentHashMap<>();

  /** With daemon threads of its own. */
  public HealthMonitor() {
    this(new CheckRunner(), () -> ThreadLocalRandom.current().nextLong(), true);
  }

  /**
   * With time, threads and chance from outside.
   *
   * @param runner not closed by the monitor
   */
  public HealthMonitor(CheckRunner runner, RandomGenerator random) {
    this(runner, random, false);
  }

  private HealthMonitor(CheckRunner runner, RandomGenerator random, boolean ownsRunner) {
    this.runner = runner;
    this.timer = runner.timer();
    this.random = random;
    this.ownsRunner = ownsRunner;
  }

  /** Makes the tries. */
  public CheckRunner runner() {
    return runner;
  }

  /** Checks the servers of the balancer's service from now on as it is defined now. */
  public void watch(LoadBalancer balancer) {
    watch(balancer, balancer.service());
  }

  /**
   * As {@link #watch(LoadBalancer)}, as a definition says that may only just be taking effect.
   *
   * @param service a definition of the balancer's service
   */
  public void watch(LoadBalancer balancer, VirtualService service) {
    for (RealServer server : service.realServers()) {
      Finding known = remembered.get(new ServerKey(service.name(), server.address()));
      if (known != null && !known.up() && declared(service, server) != null) {
        // At once, so that no flow sees a server that was down before the restart.
        balancer.control().judge(server.address(), Judge.CHECKS, ServerWatch.known(known));
      }
    }
    execute(() -> watched.computeIfAbsent(balancer, b -> new Watched(b)).follow(service));
  }

  /** Stops checking the balancer's servers; the last verdicts stay. */
  public void forget(LoadBalancer balancer) {
    execute(
        () -> {
          Watched gone = watched.remove(balancer);
          if (gone != null) {
            gone.stop();
          }
        });
  }

  /**
   * Tries all checks of one server now, besides the regular ones, which hear nothing of it.
   *
   * @return passed if as many pass as are needed, or if none are declared; on the timer's thread
   */
  public CompletableFuture<CheckResult> checkNow(LoadBalancer balancer, InetSocketAddress server) {
    VirtualService service = balancer.service();
    for (RealServer each : service.realServers()) {
      if (each.address().equals(server)) {
        HealthDeclaration health = declared(service, each);
        return health == null
            ? CompletableFuture.completedFuture(CheckResult.passed("no checks are declared"))
            : checkNow(service, each, health);
      }
    }
    return CompletableFuture.completedFuture(CheckResult.failed("not a server of the service"));
  }

  private CompletableFuture<CheckResult> checkNow(
      VirtualService service, RealServer server, HealthDeclaration health) {
    List<CompletableFuture<CheckResult>> tries =
        health.checks().stream().map(check -> runner.run(service, server, check)).toList();
    return CompletableFuture.allOf(tries.toArray(new CompletableFuture<?>[0]))
        .thenApplyAsync(
            all -> {
              List<CheckResult> results = tries.stream().map(CompletableFuture::join).toList();
              long passed = results.stream().filter(CheckResult::passed).count();
              return passed >= health.needed()
                  ? CheckResult.passed(passed + " of " + results.size() + " checks passed")
                  : CheckResult.failed(
                      results.stream()
                          .filter(result -> !result.passed())
                          .map(CheckResult::detail)
                          .reduce((one, other) -> one + "; " + other)
                          .orElse(""));
            },
            timer);
  }

  /** What is known about all servers that are checked, for a state file. Not on the timer. */
  public CompletableFuture<List<Finding>> findings() {
    CompletableFuture<List<Finding>> answer = new CompletableFuture<>();
    execute(
        () ->
            answer.complete(
                watched.values().stream().flatMap(each -> each.findings().stream()).toList()));
    return answer;
  }

  /**
   * What an earlier process knew: servers that are watched from now on start as they were found,
   * whatever their declaration says about the start.
   */
  public void remember(List<Finding> findings) {
    List<Finding> copy = List.copyOf(findings);
    execute(() -> copy.forEach(f -> remembered.put(new ServerKey(f.service(), f.server()), f)));
  }

  /** Stops all checks; the last verdicts stay. */
  @Override
  public void close() {
    if (ownsRunner) {
      runner.close();
    } else {
      execute(() -> watched.values().forEach(Watched::stop));
    }
  }

  private void execute(Runnable task) {
    try {
      timer.execute(task);
    } catch (RejectedExecutionException e) {
      // Closed: nothing is checked any more, and the last verdicts stay.
    }
  }

  /**
   * Whether all checks of a service can be run.
   *
   * @throws IllegalArgumentException naming the service and a check that cannot
   */
  public static void requireRunnable(VirtualService service) {
    requireRunnable(service, service.health());
    service.realServers().forEach(server -> requireRunnable(service, server.health()));
  }

  private static void requireRunnable(
      VirtualService service, @Nullable HealthDeclaration declaration) {
    if (declaration != null) {
      for (CheckDeclaration each : declaration.checks()) {
        if (!(each.check() instanceof ActiveCheck)) {
          throw new IllegalArgumentException(
              "virtual service '" + service.name() + "': " + CheckRunner.unrunnable(each.check()));
        }
      }
    }
  }

  /** The server's own declaration, or the service's. */
  static @Nullable HealthDeclaration declared(VirtualService service, RealServer server) {
    return server.health() == null ? service.health() : server.health();
  }

  private record ServerKey(String service, InetSocketAddress server) {}

  /** One service under watch. Timer thread only. */
  private final class Watched {
    private final LoadBalancer balancer;
    private final Ramps ramps;
    private final OrderClock orders;
    private final AgentWatches agents;
    private final FeedbackWatch feedback;
    private final Map<InetSocketAddress, ServerWatch> servers = new LinkedHashMap<>();

    Watched(LoadBalancer balancer) {
      this.balancer = balancer;
      this.ramps = new Ramps(balancer, timer);
      this.orders = new OrderClock(balancer, timer);
      this.agents = new AgentWatches(balancer, runner, random);
      this.feedback = new FeedbackWatch(balancer, runner);
    }

    void follow(VirtualService service) {
      Map<InetSocketAddress, ServerWatch> gone = new HashMap<>(servers);
      agents.follow(service);
      feedback.follow(service);
      for (RealServer server : RendezvousSubset.of(service)) {
        HealthDeclaration health = declared(service, server);
        if (health == null) {
          continue; // also forgets the verdict, below
        }
        gone.remove(server.address());
        ServerWatch present = servers.get(server.address());
        if (present == null) {
          Finding known = remembered.remove(new ServerKey(service.name(), server.address()));
          ServerWatch fresh = new ServerWatch(balancer, runner, random, known);
          servers.put(server.address(), fresh);
          fresh.follow(service, server, health);
        } else {
          present.follow(service, server, health);
        }
      }
      gone.forEach(
          (address, watch) -> {
            watch.stop();
            servers.remove(address);
            balancer.control().judge(address, Judge.CHECKS, null); // nobody would ever again
            balancer.control().adjust(address, WeightSource.CHECK, null);
          });
    }

    List<Finding> findings() {
      return servers.values().stream().map(ServerWatch::finding).toList();
    }

    void stop() {
      ramps.stop();
      orders.stop();
      agents.stop();
      feedback.stop();
      servers.values().forEach(ServerWatch::stop);
    }
  }
}

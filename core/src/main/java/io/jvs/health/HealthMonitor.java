package io.jvs.health;

import io.jvs.balancing.LoadBalancer;
import io.jvs.balancing.RendezvousSubset;
import io.jvs.model.HealthDeclaration;
import io.jvs.model.RealServer;
import io.jvs.model.VirtualService;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Checks the real servers of services that declare how, and tells their load balancers the
 * verdicts. What is known about a server survives changes of the service, by address.
 *
 * <p>All state belongs to the timer's one thread; methods may be called by any. The first check of
 * a server comes at a random moment of the first interval, so that many servers are not checked in
 * bursts.
 */
public final class HealthMonitor implements AutoCloseable {
  private final ScheduledExecutorService timer;
  private final boolean ownsTimer;
  private final Probe probe;
  private final RandomGenerator random;
  private final Map<LoadBalancer, Map<InetSocketAddress, Watch>> watches = new HashMap<>();

  /** With a daemon thread of its own and real sockets. */
  public HealthMonitor() {
    ScheduledThreadPoolExecutor own =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, "jvs-health");
              thread.setDaemon(true);
              return thread;
            });
    own.setRemoveOnCancelPolicy(true);
    this.timer = own;
    this.ownsTimer = true;
    this.probe = new SocketProbe(own);
    this.random = () -> ThreadLocalRandom.current().nextLong();
  }

  /**
   * With time, checks and chance from outside, for tests.
   *
   * @param timer runs one task at a time; not closed by the monitor
   */
  public HealthMonitor(ScheduledExecutorService timer, Probe probe, RandomGenerator random) {
    this.timer = timer;
    this.ownsTimer = false;
    this.probe = probe;
    this.random = random;
  }

  /** Checks the servers of the balancer's service from now on as it is defined now. */
  public void watch(LoadBalancer balancer) {
    VirtualService service = balancer.service();
    timer.execute(() -> follow(balancer, service));
  }

  /** Stops checking the balancer's servers; the last verdicts stay. */
  public void forget(LoadBalancer balancer) {
    timer.execute(
        () -> {
          Map<InetSocketAddress, Watch> gone = watches.remove(balancer);
          if (gone != null) {
            gone.values().forEach(Watch::stop);
          }
        });
  }

  /** Stops all checks; the last verdicts stay. */
  @Override
  public void close() {
    if (ownsTimer) {
      timer.shutdownNow();
    } else {
      timer.execute(() -> watches.values().forEach(each -> each.values().forEach(Watch::stop)));
    }
  }

  private void follow(LoadBalancer balancer, VirtualService service) {
    Map<InetSocketAddress, Watch> present = watches.computeIfAbsent(balancer, b -> new HashMap<>());
    Map<InetSocketAddress, Watch> gone = new HashMap<>(present);
    HealthDeclaration health = service.health();
    for (RealServer server : RendezvousSubset.of(service)) {
      Watch watch = present.get(server.address());
      if (health == null) {
        continue; // also forgets the verdict, below
      }
      gone.remove(server.address());
      if (watch == null) {
        watch = new Watch(balancer, server, health);
        present.put(server.address(), watch);
        watch.scheduleIn(random.nextLong(health.interval().toNanos()));
      } else {
        watch.server = server;
        watch.declare(health);
      }
    }
    gone.forEach(
        (address, watch) -> {
          watch.stop();
          present.remove(address);
          balancer.markUp(address); // nobody would ever say so again
        });
  }

  /** The checks of one server of one service. Timer thread only. */
  private final class Watch {
    private final LoadBalancer balancer;
    private RealServer server;
    private HealthDeclaration health;
    private HealthState state = HealthState.INITIAL;
    private @Nullable Future<?> next;
    private boolean stopped;

    Watch(LoadBalancer balancer, RealServer server, HealthDeclaration health) {
      this.balancer = balancer;
      this.server = server;
      this.health = health;
    }

    void declare(HealthDeclaration declaration) {
      boolean sooner = declaration.interval().compareTo(health.interval()) < 0;
      health = declaration;
      if (sooner && next != null) {
        next.cancel(false);
        scheduleIn(random.nextLong(declaration.interval().toNanos()));
      }
    }

    void stop() {
      stopped = true;
      if (next != null) {
        next.cancel(false);
      }
    }

    void scheduleIn(long nanos) {
      next = timer.schedule(this::check, nanos, TimeUnit.NANOSECONDS);
    }

    private void check() {
      HealthDeclaration declared = health;
      CompletionStage<Probe.Result> stage;
      try {
        stage = probe.start(server, declared);
      } catch (RuntimeException e) { // from a probe that is not ours
        stage = CompletableFuture.failedFuture(e);
      }
      scheduleIn(declared.interval().toNanos());
      var unused =
          stage.whenComplete(
              (result, thrown) -> {
                Probe.Result known =
                    thrown == null ? result : Probe.Result.failed(thrown.toString());
                if (!timer.isShutdown()) {
                  timer.execute(() -> judge(known, declared));
                }
              });
    }

    private void judge(Probe.Result result, HealthDeclaration declared) {
      if (stopped) {
        return;
      }
      HealthState before = state;
      state = before.after(result.passed(), declared.rise(), declared.fall());
      if (before.up() && !state.up()) {
        String times = declared.fall() == 1 ? "check failed" : declared.fall() + " checks failed";
        balancer.markDown(server.address(), times + ": " + result.detail());
      } else if (!before.up() && state.up()) {
        balancer.markUp(server.address());
      }
    }
  }
}

package io.jvs.resilience;

import io.jvs.balancing.LoadBalancer;
import io.jvs.health.HealthMonitor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Ejects servers by what becomes of real connections and calls, and lets them back after a trial:
 *
 * <pre>{@code
 * InBandHealth inBand = new InBandHealth();
 * inBand.watch(balancer, InBandDeclaration.DEFAULT.failureRate(30));
 * }</pre>
 *
 * <p>A server is ejected by a verdict of {@link io.jvs.balancing.Judge#IN_BAND}, whose reason says
 * what was counted and how long it is out. After that time one connection is let through; if it is
 * answered well and in time the server is back, else it is out for longer. What is known of a
 * server survives changes of the service, by address.
 *
 * <p>All decisions are made by the timer's one thread, when something bad was heard and once a
 * second; methods may be called by any thread. Those who make calls only count, without a lock.
 */
public final class InBandHealth implements AutoCloseable {
  private final ScheduledExecutorService timer;
  private final RandomGenerator random;
  private final @Nullable HealthMonitor checks;
  private final boolean ownsTimer;
  private final Map<LoadBalancer, WatchedService> watched = new LinkedHashMap<>(); // timer only

  /** With a daemon thread of its own, and without checks to confirm. */
  public InBandHealth() {
    this(ownTimer(), () -> ThreadLocalRandom.current().nextLong(), null, true);
  }

  /**
   * With time and chance from outside.
   *
   * @param timer runs one task at a time; not closed
   * @param checks makes the active checks of declarations that ask for {@link
   *     InBandDeclaration#confirm}; without it nothing of theirs is ever ejected
   */
  public InBandHealth(
      ScheduledExecutorService timer, RandomGenerator random, @Nullable HealthMonitor checks) {
    this(timer, random, checks, false);
  }

  private InBandHealth(
      ScheduledExecutorService timer,
      RandomGenerator random,
      @Nullable HealthMonitor checks,
      boolean ownsTimer) {
    this.timer = timer;
    this.random = random;
    this.checks = checks;
    this.ownsTimer = ownsTimer;
  }

  private static ScheduledExecutorService ownTimer() {
    ScheduledThreadPoolExecutor own =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, "jvs-in-band");
              thread.setDaemon(true);
              return thread;
            });
    own.setRemoveOnCancelPolicy(true);
    return own;
  }

  /**
   * Judges the servers of this balancer from now on. If it is watched already: by this declaration
   * from now on. The same one changes nothing; with another, calls are counted anew, but who is out
   * stays out.
   */
  public void watch(LoadBalancer balancer, InBandDeclaration declaration) {
    execute(
        () -> {
          WatchedService present = watched.get(balancer);
          if (present == null) {
            WatchedService service =
                new WatchedService(balancer, declaration, timer, random, checks);
            watched.put(balancer, service);
            service.start();
          } else {
            present.declare(declaration);
          }
        });
  }

  /** Judges them no more. Those that are out return, since nobody would ever try them. */
  public void forget(LoadBalancer balancer) {
    execute(
        () -> {
          WatchedService gone = watched.remove(balancer);
          if (gone != null) {
            gone.stop(true);
          }
        });
  }

  /** Judges nobody any more; the last verdicts stay. */
  @Override
  public void close() {
    execute(
        () -> {
          watched.values().forEach(service -> service.stop(false));
          watched.clear();
        });
    if (ownsTimer) {
      timer.shutdown();
    }
  }

  private void execute(Runnable task) {
    try {
      timer.execute(task);
    } catch (RejectedExecutionException e) {
      // Closed: nobody is judged any more.
    }
  }
}

package io.jvs.health;

import io.jvs.model.CheckDeclaration;
import io.jvs.model.CheckTarget;
import io.jvs.model.Durations;
import io.jvs.model.HealthCheck;
import io.jvs.model.RealServer;
import io.jvs.model.SocketAddresses;
import io.jvs.model.VirtualService;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/**
 * Makes single tries of checks: finds the address, keeps the time, and lets only so many run at
 * once; others wait for their turn, and their time begins when they start. Any thread.
 */
public final class CheckRunner implements AutoCloseable {
  /** How many tries run at once unless somebody says otherwise; each may hold a descriptor. */
  public static final int DEFAULT_CONCURRENCY = 1024;

  private static final int BLOCKING_THREADS = 16;

  /** What happens within so short a time happens together: one wake-up for many checks. */
  private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  private final ScheduledExecutorService timer;
  private final LongSupplier nanoTime;
  private final long origin; // of ticks
  private final Executor blocking;
  private final int concurrency;
  private final AtomicInteger running = new AtomicInteger();
  private final LongAdder ended = new LongAdder();
  private final Queue<Try> waiting = new ConcurrentLinkedQueue<>();
  private final AtomicInteger waitingTries = new AtomicInteger();
  private final Connector connector = new Connector(daemons("jvs-health-connect"));
  private final Runnable close;

  /** With daemon threads of its own. */
  public CheckRunner() {
    ScheduledThreadPoolExecutor ownTimer =
        new ScheduledThreadPoolExecutor(1, daemons("jvs-health"));
    ownTimer.setRemoveOnCancelPolicy(true);
    ThreadPoolExecutor ownBlocking =
        new ThreadPoolExecutor(
            BLOCKING_THREADS,
            BLOCKING_THREADS,
            10,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            daemons("jvs-health-blocking"));
    ownBlocking.allowCoreThreadTimeOut(true);
    this.timer = ownTimer;
    this.nanoTime = System::nanoTime;
    this.origin = System.nanoTime();
    this.blocking = ownBlocking;
    this.concurrency = DEFAULT_CONCURRENCY;
    this.close =
        () -> {
          ownTimer.shutdownNow();
          ownBlocking.shutdownNow();
        };
  }

  /**
   * With threads from outside, which are not closed.
   *
   * @param timer runs one task at a time
   * @param blocking for checks that block
   * @param concurrency how many tries may run at once, 1 or more
   */
  public CheckRunner(ScheduledExecutorService timer, Executor blocking, int concurrency) {
    if (concurrency < 1) {
      throw new IllegalArgumentException(
          "check concurrency " + concurrency + " (expected: 1 or more)");
    }
    this.timer = timer;
    this.nanoTime = () -> 0; // a timer of somebody else's may go by any clock
    this.origin = 0;
    this.blocking = blocking;
    this.concurrency = concurrency;
    this.close = () -> {};
  }

  private static ThreadFactory daemons(String name) {
    return task -> {
      Thread thread = new Thread(task, name);
      thread.setDaemon(true);
      return thread;
    };
  }

  /** A delay that ends with a tick: that long, or a little longer. */
  long rounded(long nanos) {
    long due = nanoTime.getAsLong() + nanos - origin;
    return nanos + Math.floorMod(-due, TICK_NANOS);
  }

  /** Whose one thread runs the timeouts. */
  public ScheduledExecutorService timer() {
    return timer;
  }

  /** Tries made so far. */
  public long ended() {
    return ended.sum();
  }

  /** Tries under way at this moment. */
  public int running() {
    return running.get();
  }

  /** Tries that wait because as many run as may. */
  public int waiting() {
    return waitingTries.get();
  }

  /**
   * Makes one try as soon as there is room. The result never fails: what goes wrong is a failed
   * check. It completes on whatever thread brought it.
   */
  public CompletableFuture<CheckResult> run(
      VirtualService service, RealServer server, CheckDeclaration declaration) {
    Try attempt = new Try(this, service, server, declaration);
    if (enter()) {
      attempt.begin();
    } else {
      waitingTries.incrementAndGet();
      waiting.add(attempt);
      next(); // a place may have become free before the queue could be seen
    }
    return attempt.result;
  }

  /** Tries under way end as failed, or never; waiting ones never begin. */
  @Override
  public void close() {
    waiting.clear();
    connector.close();
    close.run();
  }

  Connector connector() {
    return connector;
  }

  Executor blocking() {
    return blocking;
  }

  /** A try has ended. */
  void left() {
    ended.increment();
    running.decrementAndGet();
    next();
  }

  private void next() {
    while (!waiting.isEmpty() && enter()) {
      Try attempt = waiting.poll();
      if (attempt == null) {
        running.decrementAndGet();
      } else {
        waitingTries.decrementAndGet();
        attempt.begin();
      }
    }
  }

  private boolean enter() {
    int now;
    do {
      now = running.get();
      if (now >= concurrency) {
        return false;
      }
    } while (!running.compareAndSet(now, now + 1));
    return true;
  }

  /** Where the try goes to; unresolved if a name has to be looked up first. */
  static InetSocketAddress literal(RealServer server, CheckTarget target) {
    InetSocketAddress own = server.address();
    int port = target.port() == 0 ? own.getPort() : target.port();
    String host = target.host();
    if (host == null) {
      return own.isUnresolved()
          ? InetSocketAddress.createUnresolved(own.getHostString(), port)
          : new InetSocketAddress(own.getAddress(), port);
    }
    try {
      return new InetSocketAddress(SocketAddresses.parseIp(host), port);
    } catch (IllegalArgumentException e) { // a name
      return InetSocketAddress.createUnresolved(host, port);
    }
  }

  /** Blocks. */
  static InetSocketAddress resolve(InetSocketAddress unresolved) throws UnknownHostException {
    return new InetSocketAddress(
        InetAddress.getByName(unresolved.getHostString()), unresolved.getPort());
  }

  static String timedOut(CheckDeclaration declaration, String doing) {
    return "timed out after " + Durations.format(declaration.timing().timeout()) + " " + doing;
  }

  static String unrunnable(HealthCheck check) {
    return check.kind() + " cannot be run (expected: a check that implements ActiveCheck)";
  }
}

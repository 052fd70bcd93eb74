package io.jvs.kernel.ipvs;

import io.jvs.balancing.LoadBalancer;
import io.jvs.balancing.LoadBalancerEvent;
import io.jvs.balancing.LoadBalancerListener;
import io.jvs.model.Ticker;
import io.jvs.model.VirtualService;
import io.jvs.transport.Transport;
import io.jvs.transport.TransportException;
import io.jvs.transport.UnsupportedServiceException;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Carries services by the IPVS of the kernel: writes into its table how the servers of each load
 * balancer stand, and tells the load balancers what the kernel has counted.
 *
 * <p>Services of the definition are taken over as they are found, so a director that was killed and
 * started again goes on where the kernel still is. Rows that do not differ see no request. A server
 * or service that is not defined any more gets weight 0 and is deleted when its connections have
 * ended.
 *
 * <p>The table is that of the network namespace of the thread that calls {@link Builder#build()}.
 * All of it is read and written by one thread of the transport's own.
 */
public final class IpvsTransport implements Transport {
  private static final Logger LOG = System.getLogger(IpvsTransport.class.getName());

  /** Changes of this time become one batch. */
  private static final long COALESCE_MILLIS = 3;

  /** A step of a slow start is told nobody; so often it is looked for. */
  private static final long RAMP_MILLIS = 250;

  /** So often a closing transport looks whether connections have ended. */
  private static final long DRAIN_MILLIS = 100;

  /** What becomes of the table when the transport is closed. */
  public enum OnExit {
    /** It stays as it is; the kernel goes on with the last weights. */
    LEAVE,
    /** All our servers get weight 0 and stay. */
    QUIESCE,
    /** All our services are deleted, after their connections have ended or the drain's time. */
    REMOVE
  }

  /** What JVS owns of the table. */
  public enum TakeOver {
    /** Services that are defined. Others are left alone. */
    OWNED,
    /** All of it: services that are not defined leave. */
    ALL
  }

  /** What is done when somebody else changes our services. */
  public enum OnDrift {
    /** It is told and put right. */
    MEND,
    /** It is told and left, until JVS has to change the same row. */
    REPORT
  }

  /** Where the table comes from; called by the transport's own thread, again after a failure. */
  @FunctionalInterface
  public interface TableSource {
    /**
     * A table to ask; closed by the transport.
     *
     * @throws IOException if the kernel has none, or does not let us; the message says which
     */
    IpvsTable open() throws IOException;
  }

  private final Reconciler reconciler; // on the thread only
  private final ScheduledExecutorService thread;
  private final boolean ownsThread;
  private final boolean syncs;
  private final OnExit onExit;
  private final Duration pollInterval;
  private final Ticker ticker;
  private final List<Consumer<IpvsEvent>> listeners;
  private final Map<LoadBalancer, LoadBalancerListener> followed = new HashMap<>(); // this
  private final Set<LoadBalancer> changed = ConcurrentHashMap.newKeySet();
  private final AtomicBoolean planned = new AtomicBoolean();
  private volatile IpvsStatus status = new IpvsStatus(null, 0, 0, 0, 0, 0, 0);
  private boolean polling; // under this; since the first services were carried
  private volatile boolean closed;

  private IpvsTransport(Builder builder) {
    this.listeners = new CopyOnWriteArrayList<>(builder.listeners);
    this.onExit = builder.onExit;
    this.pollInterval = builder.pollInterval;
    this.ticker = builder.ticker;
    this.syncs = !builder.sync.isEmpty();
    ScheduledExecutorService given = builder.thread;
    this.ownsThread = given == null;
    this.thread =
        given != null
            ? given
            : Executors.newSingleThreadScheduledExecutor(
                task -> {
                  Thread made = new Thread(task, "jvs-ipvs");
                  made.setDaemon(true);
                  return made;
                });
    this.reconciler =
        new Reconciler(
            new Reconciler.Settings(
                builder.tables,
                builder.takeOver == TakeOver.ALL,
                builder.onDrift == OnDrift.MEND,
                builder.drainAtMost.toNanos(),
                List.copyOf(builder.sync),
                builder.ticker,
                this::tell));
  }

  public static Builder builder() {
    return new Builder();
  }

  /** {@code ipvs}. */
  @Override
  public String name() {
    return "ipvs";
  }

  @Override
  public Optional<String> objection(VirtualService service) {
    return Optional.ofNullable(Objections.to(service, syncs));
  }

  /** How the transport and the kernel get on. Any thread. */
  public IpvsStatus status() {
    return status;
  }

  @Override
  public synchronized void apply(List<Assignment> desired) {
    if (closed) {
      throw new IllegalStateException("the IPVS transport is closed");
    }
    List<Assignment> copy = List.copyOf(desired);
    requireCarriable(copy.stream().map(Assignment::service).toList(), syncs);
    Map<LoadBalancer, LoadBalancerListener> fresh = follow(copy);
    try {
      call(() -> reconciler.apply(copy));
    } catch (RuntimeException e) { // rethrown
      fresh.forEach(LoadBalancer::removeListener);
      throw e;
    }
    followed.putAll(fresh);
    unfollowOthers(copy);
    if (!polling) {
      polling = true;
      repeat(this::poll, pollInterval.toMillis());
      repeat(this::pollRamps, Math.min(RAMP_MILLIS, pollInterval.toMillis()));
    }
  }

  static void requireCarriable(List<VirtualService> services, boolean syncs) {
    for (VirtualService service : services) {
      String objection = Objections.to(service, syncs);
      if (objection != null) {
        throw new UnsupportedServiceException(
            "virtual service '" + service.name() + "': " + objection);
      }
    }
    SharedSettings.requireDifferentKeys(services);
    SharedSettings.timeouts(services);
  }

  /** Before the table is written, so that no change is missed between the two. */
  private Map<LoadBalancer, LoadBalancerListener> follow(List<Assignment> desired) {
    Map<LoadBalancer, LoadBalancerListener> fresh = new LinkedHashMap<>();
    for (Assignment each : desired) {
      LoadBalancer balancer = each.balancer();
      if (!followed.containsKey(balancer) && !fresh.containsKey(balancer)) {
        LoadBalancerListener listener = event -> heard(balancer, event);
        balancer.addListener(listener);
        fresh.put(balancer, listener);
      }
    }
    return fresh;
  }

  private void unfollowOthers(List<Assignment> desired) {
    Set<LoadBalancer> assigned = new HashSet<>();
    desired.forEach(each -> assigned.add(each.balancer()));
    for (LoadBalancer each : new ArrayList<>(followed.keySet())) {
      if (!assigned.contains(each)) {
        each.removeListener(followed.remove(each));
      }
    }
  }

  /** Any thread. */
  private void heard(LoadBalancer balancer, LoadBalancerEvent event) {
    if (event instanceof LoadBalancerEvent.FlowRefused
        || event instanceof LoadBalancerEvent.ConnectionFailed
        || event instanceof LoadBalancerEvent.TemplateEvicted
        || event instanceof LoadBalancerEvent.CheckWarning) {
      return;
    }
    if (event instanceof LoadBalancerEvent.ConnectionsReset reset && !closed) {
      LOG.log(
          Level.WARNING,
          () ->
              reset.service()
                  + ": the kernel cannot reset connections of "
                  + reset.server().name()
                  + "; once it is out of the table, its clients are told at their next packet if"
                  + " net.ipv4.vs.expire_nodest_conn is 1");
      thread.execute(() -> guarded(() -> reconciler.cut(balancer, reset.server().address())));
    }
    changed.add(balancer);
    if (planned.compareAndSet(false, true) && !closed) {
      var unused = thread.schedule(this::sync, COALESCE_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  private void sync() {
    planned.set(false);
    Set<LoadBalancer> batch = new HashSet<>(changed);
    changed.removeAll(batch); // one that changes after this is planned anew
    guarded(() -> reconciler.sync(batch));
  }

  private void poll() {
    guarded(reconciler::poll);
  }

  private void pollRamps() {
    guarded(reconciler::pollRamps);
  }

  private void repeat(Runnable task, long millis) {
    var unused = thread.scheduleWithFixedDelay(task, millis, millis, TimeUnit.MILLISECONDS);
  }

  /** On the thread. */
  private void guarded(Runnable task) {
    if (closed) {
      return; // what is left to do, close does
    }
    try {
      task.run();
    } catch (RuntimeException e) { // a fault of ours; the timer must go on
      LOG.log(Level.ERROR, "the IPVS table could not be brought up to date; tried again", e);
    }
    status = reconciler.status();
  }

  /** Something for the thread to do. */
  @FunctionalInterface
  private interface Work {
    void run() throws IOException, OwnTable.Refused;
  }

  /** Waits for it; the kernel's answers are awaited for a bounded time each. */
  private void call(Work work) {
    try {
      thread
          .submit(
              () -> {
                try {
                  work.run();
                } finally {
                  status = reconciler.status();
                }
                return Boolean.TRUE;
              })
          .get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TransportException("interrupted while the IPVS table was written", e);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      if (cause instanceof IOException || cause instanceof OwnTable.Refused) {
        throw new TransportException("IPVS table: " + cause.getMessage(), cause);
      }
      if (cause instanceof RuntimeException fault) {
        throw fault;
      }
      throw new IllegalStateException(cause);
    }
  }

  @Override
  public synchronized void close(Duration drain) {
    if (closed) {
      return;
    }
    closed = true; // polls and syncs end
    followed.forEach(LoadBalancer::removeListener);
    Set<LoadBalancer> all = new HashSet<>(followed.keySet());
    followed.clear();
    long deadline = ticker.nanoTime() + drain.toNanos();
    try {
      if (polling) { // else there was never anything of ours
        leave(all, deadline);
      }
      call(() -> reconciler.close(polling && onExit == OnExit.REMOVE));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      if (ownsThread) {
        thread.shutdownNow();
      }
    }
  }

  private void leave(Set<LoadBalancer> all, long deadlineNanos) throws InterruptedException {
    switch (onExit) {
      case LEAVE -> call(() -> reconciler.sync(all)); // what was heard last and waits for its batch
      case QUIESCE -> call(reconciler::quiesce);
      case REMOVE -> {
        call(reconciler::dismiss);
        long left = deadlineNanos - ticker.nanoTime();
        while (status.services() > 0 && left > 0) {
          TimeUnit.MILLISECONDS.sleep(Math.min(DRAIN_MILLIS, Math.max(1, left / 1_000_000)));
          call(reconciler::poll);
          left = deadlineNanos - ticker.nanoTime();
        }
        call(reconciler::endDrains);
      }
    }
  }

  private void tell(IpvsEvent event) {
    boolean trouble =
        event instanceof IpvsEvent.Unreachable
            || event instanceof IpvsEvent.Rejected
            || event instanceof IpvsEvent.Drifted
            || event instanceof IpvsEvent.Fought;
    LOG.log(trouble ? Level.WARNING : Level.INFO, event::toString);
    for (Consumer<IpvsEvent> listener : listeners) {
      try {
        listener.accept(event);
      } catch (RuntimeException e) { // from outside; it must not stop the others
        LOG.log(Level.ERROR, "listener " + listener + " failed at: " + event, e);
      }
    }
  }

  /** Collects what a transport works with. */
  public static final class Builder {
    private TableSource tables = IpvsTable::open;
    private OnExit onExit = OnExit.REMOVE;
    private TakeOver takeOver = TakeOver.OWNED;
    private OnDrift onDrift = OnDrift.MEND;
    private Duration pollInterval = Duration.ofSeconds(2);
    private Duration drainAtMost = Duration.ofMinutes(15);
    private final List<SyncDaemon> sync = new ArrayList<>();
    private final List<Consumer<IpvsEvent>> listeners = new ArrayList<>();
    private Ticker ticker = Ticker.system();
    private @Nullable ScheduledExecutorService thread;

    private Builder() {}

    /** Default: the table of this network namespace. */
    public Builder table(TableSource source) {
      this.tables = source;
      return this;
    }

    /** Default: {@link OnExit#REMOVE}. */
    public Builder onExit(OnExit what) {
      this.onExit = what;
      return this;
    }

    /** Default: {@link TakeOver#OWNED}. */
    public Builder takeOver(TakeOver what) {
      this.takeOver = what;
      return this;
    }

    /** Default: {@link OnDrift#MEND}. */
    public Builder onDrift(OnDrift what) {
      this.onDrift = what;
      return this;
    }

    /**
     * How often counters are read and drift is looked for, 10 ms to 1 h. Default: 2 s, as often as
     * the kernel itself brings its counters up to date.
     *
     * @throws IllegalArgumentException if it is out of range
     */
    public Builder pollInterval(Duration interval) {
      if (interval.toMillis() < 10 || interval.compareTo(Duration.ofHours(1)) > 0) {
        throw new IllegalArgumentException(
            "poll interval " + interval + " (expected: 10 ms to 1 h)");
      }
      this.pollInterval = interval;
      return this;
    }

    /**
     * How long a server that is not defined any more may keep its connections; then it is deleted
     * and the kernel drops their packets. Zero deletes it at once. Default: 15 minutes, as the
     * kernel remembers an idle TCP connection.
     *
     * @throws IllegalArgumentException if it is negative or longer than 31 days
     */
    public Builder drainAtMost(Duration time) {
      if (time.isNegative() || time.compareTo(Duration.ofDays(31)) > 0) {
        throw new IllegalArgumentException("drain at most " + time + " (expected: 0 to 31 days)");
      }
      this.drainAtMost = time;
      return this;
    }

    /**
     * Runs a sync daemon of the kernel; one of each role at most. Default: none.
     *
     * @throws IllegalArgumentException if there is one of this role already
     */
    public Builder sync(SyncDaemon daemon) {
      if (sync.stream().anyMatch(each -> each.role() == daemon.role())) {
        throw new IllegalArgumentException(
            "sync daemon " + daemon + " (expected: one of each role at most)");
      }
      sync.add(daemon);
      return this;
    }

    /** Told what happens between JVS and the kernel, on the transport's thread. */
    public Builder listener(Consumer<IpvsEvent> listener) {
      listeners.add(listener);
      return this;
    }

    /** Default: {@link Ticker#system()}. */
    public Builder ticker(Ticker newTicker) {
      this.ticker = newTicker;
      return this;
    }

    /** Of one thread, which is left running. Default: one of the transport's own. */
    public Builder thread(ScheduledExecutorService newThread) {
      this.thread = newThread;
      return this;
    }

    /** Asks the kernel nothing yet. */
    public IpvsTransport build() {
      return new IpvsTransport(this);
    }
  }
}

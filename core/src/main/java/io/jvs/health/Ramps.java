package io.jvs.health;

import io.jvs.balancing.LoadBalancer;
import io.jvs.balancing.LoadBalancerEvent;
import io.jvs.balancing.LoadBalancerListener;
import io.jvs.balancing.WeightAdjustment;
import io.jvs.balancing.WeightSource;
import io.jvs.model.SlowStart;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Servers of one service that take up their weight slowly: those that are added later than the
 * service, and those that come back. All steps of a moment are one change of the service. Timer
 * thread only, but for {@link #onEvent}.
 */
final class Ramps implements LoadBalancerListener {
  /** Not more, so that weights keep a large common divisor: wrr walks down all levels between. */
  private static final int STEPS = 20;

  private static final long SHORTEST_STEP = TimeUnit.MILLISECONDS.toNanos(20);

  private final LoadBalancer balancer;
  private final ScheduledExecutorService timer;
  private final Map<InetSocketAddress, Long> started = new LinkedHashMap<>();
  private @Nullable Future<?> next;
  private boolean stopped;

  Ramps(LoadBalancer balancer, ScheduledExecutorService timer) {
    this.balancer = balancer;
    this.timer = timer;
    balancer.control().ramped(true);
    balancer.addListener(this);
  }

  void stop() {
    stopped = true;
    balancer.control().ramped(false);
    balancer.removeListener(this);
    cancel();
  }

  @Override
  public void onEvent(LoadBalancerEvent event) {
    InetSocketAddress address;
    boolean begins;
    if (event instanceof LoadBalancerEvent.ServerUp up) {
      address = up.server().address();
      begins = true;
    } else if (event instanceof LoadBalancerEvent.ServerAdded added) {
      address = added.server().address();
      begins = true;
    } else if (event instanceof LoadBalancerEvent.ServerDown down) {
      address = down.server().address();
      begins = false;
    } else if (event instanceof LoadBalancerEvent.ServerRemoved removed) {
      address = removed.server().address();
      begins = false;
    } else {
      return;
    }
    // Before flows can see the server with all of its weight, if the change is made on this thread.
    SlowStart declared = slowStart();
    if (begins && declared != null) {
      adjust(Map.of(address, adjustment(declared, Duration.ZERO)));
    }
    long now = balancer.nanoTime();
    try {
      timer.execute(
          () -> {
            if (begins && slowStart() != null && !stopped) {
              started.put(address, now);
              step();
            } else if (started.remove(address) != null || begins) {
              end(address);
            }
          });
    } catch (RejectedExecutionException e) {
      end(address); // the monitor is closed; nobody would ever raise the weight
    }
  }

  private void step() {
    cancel();
    SlowStart declared = slowStart();
    if (stopped || started.isEmpty()) {
      return;
    }
    Map<InetSocketAddress, @Nullable WeightAdjustment> changes = new HashMap<>();
    long now = balancer.nanoTime();
    for (Iterator<Map.Entry<InetSocketAddress, Long>> i = started.entrySet().iterator();
        i.hasNext(); ) {
      Map.Entry<InetSocketAddress, Long> each = i.next();
      Duration since = Duration.ofNanos(now - each.getValue());
      if (declared == null || declared.factor(since) >= 1) {
        changes.put(each.getKey(), null);
        i.remove();
      } else {
        changes.put(each.getKey(), adjustment(declared, since));
      }
    }
    adjust(changes);
    if (declared != null && !started.isEmpty()) {
      long nanos = Math.max(SHORTEST_STEP, declared.window().toNanos() / STEPS);
      try {
        next = timer.schedule(this::step, nanos, TimeUnit.NANOSECONDS);
      } catch (RejectedExecutionException e) {
        stopped = true;
      }
    }
  }

  private @Nullable SlowStart slowStart() {
    return balancer.service().slowStart();
  }

  private static WeightAdjustment adjustment(SlowStart declared, Duration since) {
    double least = declared.minimumPercent() / 100.0;
    double step = Math.floor(declared.factor(since) * STEPS) / STEPS;
    return WeightAdjustment.factor(Math.max(least, step), declared.toString());
  }

  private void end(InetSocketAddress address) {
    Map<InetSocketAddress, @Nullable WeightAdjustment> none = new HashMap<>();
    none.put(address, null);
    adjust(none);
  }

  private void adjust(Map<InetSocketAddress, @Nullable WeightAdjustment> changes) {
    balancer.control().adjust(WeightSource.SLOW_START, changes);
  }

  private void cancel() {
    if (next != null) {
      next.cancel(false);
    }
  }
}

package io.jvs.health;

import io.jvs.balancing.AdminOrder;
import io.jvs.balancing.LoadBalancer;
import io.jvs.balancing.LoadBalancerEvent;
import io.jvs.balancing.LoadBalancerListener;
import io.jvs.balancing.Orderer;
import io.jvs.balancing.StandingOrder;
import io.jvs.model.RealServer;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Orders that end by themselves, and drains whose connections do, of one service. All looked at
 * when the next of them is due. Timer thread only, but for {@link #onEvent}.
 */
final class OrderClock implements LoadBalancerListener {
  private final LoadBalancer balancer;
  private final ScheduledExecutorService timer;
  private final Map<InetSocketAddress, Instant> ended = new HashMap<>(); // deadlines seen to
  private @Nullable Future<?> next;
  private boolean stopped;

  OrderClock(LoadBalancer balancer, ScheduledExecutorService timer) {
    this.balancer = balancer;
    this.timer = timer;
    balancer.addListener(this);
    look(); // at orders from before a restart
  }

  void stop() {
    stopped = true;
    balancer.removeListener(this);
    cancel();
  }

  @Override
  public void onEvent(LoadBalancerEvent event) {
    // A server that returns may bring an order along that has run out meanwhile.
    if (event instanceof LoadBalancerEvent.OrderChanged
        || event instanceof LoadBalancerEvent.ServerAdded) {
      try {
        timer.execute(this::look);
      } catch (RejectedExecutionException e) {
        // Closed: orders stay until somebody takes them back.
      }
    }
  }

  private void look() {
    cancel();
    if (stopped) {
      return;
    }
    Instant now = balancer.now();
    Instant soonest = null;
    Map<InetSocketAddress, Instant> deadlines = new HashMap<>();
    for (StandingOrder each : balancer.control().orders()) {
      AdminOrder order = each.order();
      Instant until = order.until();
      if (until != null && !until.isAfter(now)) {
        end(each.server(), each.orderer());
        continue;
      }
      soonest = earlier(soonest, until);
      Instant deadline = order.deadline();
      if (deadline == null) {
        continue;
      }
      deadlines.put(each.server(), deadline);
      if (deadline.isAfter(now)) {
        soonest = earlier(soonest, deadline);
      } else if (!deadline.equals(ended.get(each.server()))) {
        balancer
            .control()
            .resetConnections(each.server(), "the deadline of the " + order.kind() + " has come");
        ended.put(each.server(), deadline);
      }
    }
    ended.entrySet().removeIf(each -> !each.getValue().equals(deadlines.get(each.getKey())));
    if (soonest != null) {
      long nanos = Math.max(1, Duration.between(now, soonest).toNanos());
      next = timer.schedule(this::look, nanos, TimeUnit.NANOSECONDS);
    }
  }

  private void end(InetSocketAddress server, Orderer orderer) {
    for (RealServer each : balancer.service().realServers()) {
      if (each.address().equals(server)) {
        balancer.control().order(server, orderer, null);
        return;
      }
    }
  }

  private static @Nullable Instant earlier(@Nullable Instant one, @Nullable Instant other) {
    return one == null || (other != null && other.isBefore(one)) ? other : one;
  }

  private void cancel() {
    if (next != null) {
      next.cancel(false);
    }
  }
}

package io.jvs.launcher.running;

import io.jvs.balancing.LoadBalancerEvent;
import io.jvs.balancing.LoadBalancerListener;
import io.jvs.balancing.Refused;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says in the log why clients were refused: at once for the first of a service and cause, then at
 * most one line in ten seconds with the number that it stands for. All are counted in the status.
 */
final class RefusalLog implements LoadBalancerListener {
  private static final Logger LOG = LoggerFactory.getLogger(RefusalLog.class);
  private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final LongSupplier nanoTime;
  private final ConcurrentHashMap<Subject, Pace> paces = new ConcurrentHashMap<>();

  RefusalLog(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  private record Subject(String service, Refused.Cause cause) {}

  /** When the last line was written, and how many refusals there were since. */
  private static final class Pace {
    private final AtomicLong lastNanos;
    private final AtomicLong unsaid = new AtomicLong();

    Pace(long lastNanos) {
      this.lastNanos = new AtomicLong(lastNanos);
    }
  }

  @Override
  public void onEvent(LoadBalancerEvent event) {
    if (!(event instanceof LoadBalancerEvent.FlowRefused flow)) {
      return; // the load balancer logs changes itself
    }
    Refused refused = flow.refused();
    long now = nanoTime.getAsLong();
    Pace pace =
        paces.computeIfAbsent(
            new Subject(refused.service(), refused.cause()),
            subject -> new Pace(now - INTERVAL_NANOS));
    long unsaid = pace.unsaid.incrementAndGet();
    long last = pace.lastNanos.get();
    if (now - last >= INTERVAL_NANOS && pace.lastNanos.compareAndSet(last, now)) {
      pace.unsaid.addAndGet(-unsaid);
      LOG.warn("{}{}", refused, unsaid == 1 ? "" : " (and " + (unsaid - 1) + " refused before it)");
    }
  }
}

package io.jvs.balancing;

import io.jvs.model.Ticker;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * All who listen to one load balancer, and the log. Stops what they throw.
 *
 * <p>Changes of state are logged as they come. What happens per connection is logged at DEBUG, but
 * one line each ten seconds and subject is a WARNING, with the number of those before it, so that
 * nobody has to ask for DEBUG to learn that connections fail.
 */
final class Listeners {
  private static final Logger LOG = System.getLogger(LoadBalancer.class.getName());
  private static final long QUIET_NANOS = 10_000_000_000L;

  private final Ticker ticker;
  private final List<LoadBalancerListener> listeners;
  private final Map<String, Noise> noises = new ConcurrentHashMap<>();

  Listeners(List<LoadBalancerListener> listeners, Ticker ticker) {
    this.listeners = new CopyOnWriteArrayList<>(listeners);
    this.ticker = ticker;
  }

  void add(LoadBalancerListener listener) {
    listeners.add(listener);
  }

  void remove(LoadBalancerListener listener) {
    listeners.remove(listener);
  }

  /** Whether anybody hears of what happens per connection; if not, it is counted for the log. */
  boolean hearNoise(String subject) {
    if (!listeners.isEmpty() || LOG.isLoggable(Level.DEBUG)) {
      return true;
    }
    Noise noise = noises.get(subject);
    return noise == null || !noise.isSilent(ticker.nanoTime());
  }

  void tell(LoadBalancerEvent event) {
    log(event);
    for (LoadBalancerListener listener : listeners) {
      try {
        listener.onEvent(event);
      } catch (RuntimeException e) { // from outside; it must not stop the others
        LOG.log(Level.ERROR, "listener " + listener + " failed at: " + event, e);
      }
    }
  }

  private void log(LoadBalancerEvent event) {
    if (event instanceof LoadBalancerEvent.FlowRefused flow) {
      logNoise(flow.refused().cause().toString(), event);
    } else if (event instanceof LoadBalancerEvent.ConnectionFailed failed) {
      logNoise(failed.server().name(), event);
    } else if (event instanceof LoadBalancerEvent.TemplateEvicted) {
      logNoise("templates", event);
    } else if (event instanceof LoadBalancerEvent.WeightChanged changed
        && (changed.source() == WeightSource.FEEDBACK || changed.source() == WeightSource.LIMIT)) {
      LOG.log(Level.DEBUG, event::toString); // measured all the time; explain() tells
    } else {
      Level level = isTrouble(event) ? Level.WARNING : Level.INFO;
      LOG.log(level, event::toString);
    }
  }

  private static boolean isTrouble(LoadBalancerEvent event) {
    return event instanceof LoadBalancerEvent.ServerDown
        || (event instanceof LoadBalancerEvent.PanicChanged panic && panic.panic())
        || (event instanceof LoadBalancerEvent.QuorumChanged quorum && quorum.lost())
        || (event instanceof LoadBalancerEvent.CheckWarning check && check.warning() != null);
  }

  private void logNoise(String subject, LoadBalancerEvent event) {
    Noise noise = noises.computeIfAbsent(subject, s -> new Noise(ticker.nanoTime()));
    int before = noise.before(ticker.nanoTime());
    if (before < 0) {
      LOG.log(Level.DEBUG, event::toString);
    } else {
      LOG.log(
          Level.WARNING, () -> event + (before == 0 ? "" : " (and " + before + " since the last)"));
    }
  }

  /** When a kind of trouble was last spoken of, and how often it has come since. */
  private static final class Noise {
    private final AtomicLong next;
    private final AtomicInteger silent = new AtomicInteger();

    Noise(long now) {
      this.next = new AtomicLong(now);
    }

    /** Whether one that comes now would be kept silent; then it is counted as that. */
    boolean isSilent(long now) {
      if (now - next.get() >= 0) {
        return false;
      }
      silent.incrementAndGet();
      return true;
    }

    /** How many have been kept silent until now, or -1 to keep this one silent too. */
    int before(long now) {
      long due = next.get();
      if (now - due >= 0 && next.compareAndSet(due, now + QUIET_NANOS)) {
        return silent.getAndSet(0);
      }
      silent.incrementAndGet();
      return -1;
    }
  }
}

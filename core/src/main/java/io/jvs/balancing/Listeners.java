package io.jvs.balancing;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** All who listen to one load balancer, and the log. Stops what they throw. */
final class Listeners {
  private static final Logger LOG = System.getLogger(LoadBalancer.class.getName());

  private final List<LoadBalancerListener> listeners;

  Listeners(List<LoadBalancerListener> listeners) {
    this.listeners = new CopyOnWriteArrayList<>(listeners);
  }

  void add(LoadBalancerListener listener) {
    listeners.add(listener);
  }

  void remove(LoadBalancerListener listener) {
    listeners.remove(listener);
  }

  void tell(LoadBalancerEvent event) {
    LOG.log(level(event), () -> event.toString());
    for (LoadBalancerListener listener : listeners) {
      try {
        listener.onEvent(event);
      } catch (RuntimeException e) { // from outside; it must not stop the others
        LOG.log(Level.ERROR, "listener " + listener + " failed at: " + event, e);
      }
    }
  }

  /** Changes of state are worth a line each; what happens per connection is not. */
  private static Level level(LoadBalancerEvent event) {
    if (event instanceof LoadBalancerEvent.ConnectionFailed
        || event instanceof LoadBalancerEvent.FlowRefused) {
      return Level.DEBUG;
    }
    return event instanceof LoadBalancerEvent.ServerDown ? Level.WARNING : Level.INFO;
  }
}

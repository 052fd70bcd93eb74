package io.jvs.balancing;

/**
 * Hears what happens. Changes are told on the control side in the order in which they happened,
 * failures and refusals on the threads that met them; implementations must return soon. What they
 * throw is logged and changes nothing.
 */
@FunctionalInterface
public interface LoadBalancerListener {
  void onEvent(LoadBalancerEvent event);
}

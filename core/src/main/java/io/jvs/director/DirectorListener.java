package io.jvs.director;

import io.jvs.balancing.LoadBalancer;

/** Hears which services come and go. Called by the thread that applies; must return soon. */
public interface DirectorListener {
  /** A service is carried from now on. */
  void serviceStarted(LoadBalancer balancer);

  /** A service admits no more flows; present connections may live on. */
  void serviceStopped(LoadBalancer balancer);
}

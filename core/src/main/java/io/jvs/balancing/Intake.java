package io.jvs.balancing;

import org.jspecify.annotations.Nullable;

/**
 * The part of a transport where clients of a service come in, are counted and may have to wait for
 * a server. A load balancer {@linkplain LoadBalancer#carriedBy is told} of it.
 */
public interface Intake {
  /** Who has come in and who waits; null if the service has no limits. Any thread. */
  @Nullable IntakeStatus status();

  /**
   * Servers, their weights, limits or verdicts may be others than they were: those who wait may
   * find one now. On the control side, after the change is in effect; returns soon.
   */
  void serversChanged();
}

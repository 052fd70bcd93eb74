package io.jvs.resilience;

import io.jvs.balancing.LoadBalancer;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** A load balancer's time as resilience4j wants it: never going back, from no particular date. */
final class TickerClock extends Clock {
  private final LoadBalancer balancer;
  private final long origin;

  TickerClock(LoadBalancer balancer) {
    this.balancer = balancer;
    this.origin = balancer.nanoTime();
  }

  @Override
  public Instant instant() {
    return Instant.EPOCH.plusNanos(balancer.nanoTime() - origin);
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  @Override
  public Clock withZone(ZoneId zone) {
    return this; // nobody shows this time to people
  }
}

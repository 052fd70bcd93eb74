package io.jvs.launcher.running;

import io.jvs.balancing.LoadBalancer;
import io.jvs.director.Director;
import io.jvs.director.DirectorListener;
import io.jvs.health.HealthMonitor;
import io.jvs.resilience.InBandDeclaration;
import io.jvs.resilience.InBandHealth;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/** Has the services of a director judged by real traffic, those that a file declares so. */
final class InBandServices implements DirectorListener {
  private final InBandHealth health;

  /** Shares the thread of the checks. */
  InBandServices(HealthMonitor checks) {
    this.health =
        new InBandHealth(
            checks.runner().timer(), () -> ThreadLocalRandom.current().nextLong(), checks);
  }

  /** From now on by these declarations, by name of service; what does not change is left alone. */
  void follow(Director director, Map<String, InBandDeclaration> declarations) {
    for (LoadBalancer balancer : director.balancers()) {
      InBandDeclaration declaration = declarations.get(balancer.service().name());
      if (declaration == null) {
        health.forget(balancer);
      } else {
        health.watch(balancer, declaration);
      }
    }
  }

  @Override
  public void serviceStarted(LoadBalancer balancer) {}

  @Override
  public void serviceStopped(LoadBalancer balancer) {
    health.forget(balancer);
  }
}

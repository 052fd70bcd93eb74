package io.jvs.testkit;

import io.jvs.balancing.LoadBalancer;
import io.jvs.model.VirtualService;
import io.jvs.transport.Transport;
import io.jvs.transport.Transport.Assignment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Drives one transport as a director does: one load balancer for as long as a service lives, told
 * of a change after the transport has taken it.
 */
final class CarriedServices implements AutoCloseable {
  final Transport transport;
  private final Map<String, LoadBalancer> balancers = new HashMap<>();

  CarriedServices(Transport transport) {
    this.transport = transport;
  }

  void apply(VirtualService... services) {
    Map<String, LoadBalancer> after = new HashMap<>();
    List<Assignment> assignments = new ArrayList<>();
    for (VirtualService service : services) {
      LoadBalancer balancer = balancers.get(service.name());
      if (balancer == null) {
        balancer = LoadBalancer.of(service);
      }
      after.put(service.name(), balancer);
      assignments.add(new Assignment(service, balancer));
    }
    transport.apply(assignments);
    for (Assignment assignment : assignments) {
      assignment.balancer().apply(assignment.service());
    }
    balancers.forEach(
        (name, balancer) -> {
          if (!after.containsKey(name)) {
            balancer.close();
          }
        });
    balancers.clear();
    balancers.putAll(after);
  }

  LoadBalancer balancer(String service) {
    return Objects.requireNonNull(balancers.get(service));
  }

  @Override
  public void close() {
    transport.close(Duration.ZERO);
  }
}

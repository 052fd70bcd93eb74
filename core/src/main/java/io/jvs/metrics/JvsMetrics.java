package io.jvs.metrics;

import io.jvs.balancing.LoadBalancer;
import io.jvs.balancing.LoadBalancerEvent;
import io.jvs.balancing.LoadBalancerListener;
import io.jvs.balancing.Refused;
import io.jvs.balancing.ServerStatus;
import io.jvs.balancing.ServiceStatus;
import io.jvs.director.DirectorListener;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * Meters of load balancers. Give it to {@code Director.Builder.listener}, or tell it of single load
 * balancers yourself.
 *
 * <table>
 *   <caption>Meters; every one has the tag {@code service}</caption>
 *   <tr><td>{@code jvs.connections}</td><td>gauge; {@code server}, {@code state} active, inactive</td></tr>
 *   <tr><td>{@code jvs.connections.opened}, {@code .failed}</td><td>counters; {@code server}</td></tr>
 *   <tr><td>{@code jvs.bytes}</td><td>counter; {@code server}, {@code direction} in (from clients), out</td></tr>
 *   <tr><td>{@code jvs.server.weight}</td><td>gauge; {@code server}</td></tr>
 *   <tr><td>{@code jvs.server.up}</td><td>gauge, 1 or 0; {@code server}</td></tr>
 *   <tr><td>{@code jvs.flows.refused}</td><td>counter; {@code reason}</td></tr>
 *   <tr><td>{@code jvs.health.changes}</td><td>counter; {@code server}, {@code to} up, down</td></tr>
 *   <tr><td>{@code jvs.persistence.templates}</td><td>gauge</td></tr>
 * </table>
 *
 * <p>Meters of a server are removed when it leaves its service. Any thread.
 */
public final class JvsMetrics implements DirectorListener {
  private final MeterRegistry registry;
  private final Map<LoadBalancer, Service> services = new HashMap<>();

  public JvsMetrics(MeterRegistry registry) {
    this.registry = registry;
  }

  @Override
  public synchronized void serviceStarted(LoadBalancer balancer) {
    Service service = new Service(balancer);
    services.put(balancer, service);
    balancer.addListener(service);
    service.start();
  }

  @Override
  public synchronized void serviceStopped(LoadBalancer balancer) {
    Service service = services.remove(balancer);
    if (service != null) {
      balancer.removeListener(service);
      service.stop();
    }
  }

  /** The meters of one service. */
  private final class Service implements LoadBalancerListener {
    private final LoadBalancer balancer;
    private final Tags tags;
    private final List<Meter> own = new ArrayList<>();
    private final Map<String, List<Meter>> ofServers = new HashMap<>();

    Service(LoadBalancer balancer) {
      this.balancer = balancer;
      this.tags = Tags.of("service", balancer.service().name());
    }

    synchronized void start() {
      for (Refused.Cause cause : Refused.Cause.values()) {
        own.add(
            FunctionCounter.builder(
                    "jvs.flows.refused", balancer, b -> b.refused(cause))
                .tags(tags.and("reason", cause.toString()))
                .description("Flows that found no server")
                .register(registry));
      }
      own.add(
          Gauge.builder("jvs.persistence.templates", balancer, LoadBalancer::templates)
              .tags(tags)
              .description("Persistence templates")
              .strongReference(true)
              .register(registry));
      balancer.status().servers().forEach(server -> addServer(server.server().name()));
    }

    synchronized void stop() {
      own.forEach(registry::remove);
      ofServers.values().forEach(meters -> meters.forEach(registry::remove));
    }

    @Override
    public synchronized void onEvent(LoadBalancerEvent event) {
      if (event instanceof LoadBalancerEvent.ServerAdded added) {
        addServer(added.server().name());
      } else if (event instanceof LoadBalancerEvent.ServerRemoved removed) {
        List<Meter> meters = ofServers.remove(removed.server().name());
        if (meters != null) {
          meters.forEach(registry::remove);
        }
      } else if (event instanceof LoadBalancerEvent.ServerDown down) {
        countChange(down.server().name(), "down");
      } else if (event instanceof LoadBalancerEvent.ServerUp up) {
        countChange(up.server().name(), "up");
      }
    }
  }
}

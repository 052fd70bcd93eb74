package io.jvs.metrics;

import io.jvs.balancing.DurationHistogram;
import io.jvs.balancing.Fault;
import io.jvs.balancing.IntakeStatus;
import io.jvs.balancing.LoadBalancer;
import io.jvs.balancing.LoadBalancerEvent;
import io.jvs.balancing.LoadBalancerListener;
import io.jvs.balancing.Refused;
import io.jvs.balancing.ServerStatus;
import io.jvs.balancing.Timing;
import io.jvs.director.DirectorListener;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.math.BigDecimal;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

/**
 * Meters of load balancers. Give it to {@code Director.Builder.listener}, or tell it of single load
 * balancers yourself.
 *
 * <table>
 *   <caption>Meters; every one has the tag {@code service}</caption>
 *   <tr><td>{@code jvs.connections}</td><td>gauge; {@code server}, {@code state} active, inactive</td></tr>
 *   <tr><td>{@code jvs.connections.opened}</td><td>counter; {@code server}</td></tr>
 *   <tr><td>{@code jvs.connections.failed}</td><td>counter; {@code server}, {@code reason} as in {@link Fault}</td></tr>
 *   <tr><td>{@code jvs.connection.duration}</td><td>count and total time; {@code part} as in {@link Timing}</td></tr>
 *   <tr><td>{@code jvs.connection.duration.bucket}</td><td>counter; {@code part}, {@code le} in seconds: how many took no longer</td></tr>
 *   <tr><td>{@code jvs.bytes}</td><td>counter; {@code server}, {@code direction} in (from clients), out</td></tr>
 *   <tr><td>{@code jvs.server.weight}</td><td>gauge; {@code server}</td></tr>
 *   <tr><td>{@code jvs.server.up}</td><td>gauge, 1 or 0; {@code server}</td></tr>
 *   <tr><td>{@code jvs.flows.refused}</td><td>counter; {@code reason}</td></tr>
 *   <tr><td>{@code jvs.queue.waiting}</td><td>gauge; clients that wait for a server</td></tr>
 *   <tr><td>{@code jvs.queue.wait}</td><td>timer; how long those waited who do not any more</td></tr>
 *   <tr><td>{@code jvs.service.connections}</td><td>gauge; those that wait included; of services with limits</td></tr>
 *   <tr><td>{@code jvs.clients.unknown}</td><td>counter; connections whose clients could not be known one by one</td></tr>
 *   <tr><td>{@code jvs.packets.dropped}</td><td>counter; packets that clients sent beyond their limit</td></tr>
 *   <tr><td>{@code jvs.health.changes}</td><td>counter; {@code server}, {@code to} up, down</td></tr>
 *   <tr><td>{@code jvs.persistence.templates}</td><td>gauge</td></tr>
 *   <tr><td>{@code jvs.persistence.evicted}</td><td>counter; clients forgotten for want of room</td></tr>
 * </table>
 *
 * <p>Meters of a server are removed when it leaves its service. Any thread.
 */
public final class JvsMetrics implements DirectorListener {
  /**
   * Also the beginning of the names of all meters of durations: whoever has a registry with
   * histograms of its own, into which they can be read from {@link LoadBalancer#durations}, denies
   * these.
   */
  public static final String DURATION = "jvs.connection.duration";

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
            FunctionCounter.builder("jvs.flows.refused", balancer, b -> b.refused(cause))
                .tags(tags.and("reason", cause.toString()))
                .description("Flows that were refused or found no server")
                .register(registry));
      }
      own.add(
          Gauge.builder("jvs.persistence.templates", balancer, LoadBalancer::templates)
              .tags(tags)
              .description("Persistence templates")
              .strongReference(true)
              .register(registry));
      own.add(
          FunctionCounter.builder(
                  "jvs.persistence.evicted", balancer, LoadBalancer::templatesEvicted)
              .tags(tags)
              .description(
                  "Clients forgotten before their time, or not remembered, for want of room")
              .register(registry));
      own.add(
          Gauge.builder("jvs.service.panic", balancer, b -> b.control().isPanic() ? 1 : 0)
              .tags(tags)
              .description("1 while too few servers are up, and verdicts are not believed")
              .strongReference(true)
              .register(registry));
      own.add(
          Gauge.builder("jvs.service.quorum", balancer, b -> b.control().isWithoutQuorum() ? 0 : 1)
              .tags(tags)
              .description("0 while fewer servers are up than the quorum asks for")
              .strongReference(true)
              .register(registry));
      addIntake();
      for (Timing part : Timing.values()) {
        addDurations(part);
      }
      balancer
          .status()
          .servers()
          .forEach(server -> addServer(server.server().name(), server.server().address()));
    }

    private void addIntake() {
      own.add(
          Gauge.builder("jvs.queue.waiting", balancer, b -> intake(b, IntakeStatus::waiting))
              .tags(tags)
              .description("Clients that wait for a server")
              .strongReference(true)
              .register(registry));
      own.add(
          FunctionTimer.builder(
                  "jvs.queue.wait",
                  balancer,
                  b -> (long) intake(b, IntakeStatus::waited),
                  b -> intake(b, i -> i.waitedTogether().toNanos()),
                  TimeUnit.NANOSECONDS)
              .tags(tags)
              .description("How long clients have waited for a server, whatever came of it")
              .register(registry));
      own.add(
          Gauge.builder(
                  "jvs.service.connections", balancer, b -> intake(b, IntakeStatus::connections))
              .tags(tags)
              .description("Connections that count for the limit of the service")
              .strongReference(true)
              .register(registry));
      own.add(
          FunctionCounter.builder(
                  "jvs.clients.unknown", balancer, b -> intake(b, IntakeStatus::unknownClients))
              .tags(tags)
              .description("Connections judged without the limits per client, for want of room")
              .register(registry));
      own.add(
          FunctionCounter.builder(
                  "jvs.packets.dropped", balancer, b -> intake(b, IntakeStatus::droppedPackets))
              .tags(tags)
              .description("Packets that clients sent beyond their limit")
              .register(registry));
    }

    private void addDurations(Timing part) {
      Tags ofPart = tags.and("part", part.toString());
      own.add(
          FunctionTimer.builder(
                  DURATION,
                  balancer,
                  b -> b.durations(part).count(),
                  b -> b.durations(part).sum().toNanos(),
                  TimeUnit.NANOSECONDS)
              .tags(ofPart)
              .description("How long connections took")
              .register(registry));
      for (Duration bound : DurationHistogram.BOUNDS) {
        String seconds =
            BigDecimal.valueOf(bound.toNanos(), 9).stripTrailingZeros().toPlainString();
        own.add(
            FunctionCounter.builder(
                    DURATION + ".bucket", balancer, b -> b.durations(part).atMost(bound))
                .tags(ofPart.and("le", seconds))
                .description("How many took no longer than le, in seconds")
                .register(registry));
      }
    }

    synchronized void stop() {
      own.forEach(registry::remove);
      ofServers.values().forEach(meters -> meters.forEach(registry::remove));
    }

    @Override
    public synchronized void onEvent(LoadBalancerEvent event) {
      if (event instanceof LoadBalancerEvent.ServerAdded added) {
        addServer(added.server().name(), added.server().address());
      } else if (event instanceof LoadBalancerEvent.ServerRemoved removed) {
        List<Meter> meters = ofServers.remove(removed.server().name());
        if (meters != null) {
          meters.forEach(registry::remove);
        }
      } else if (event instanceof LoadBalancerEvent.ServerDown down) {
        countChange(down.server().name(), "down");
      } else if (event instanceof LoadBalancerEvent.ServerUp up) {
        countChange(up.server().name(), "up");
      } else if (event instanceof LoadBalancerEvent.OrderChanged order) {
        String kind = order.after() == null ? "none" : order.after().kind().toString();
        countChange(order.server().name(), kind);
      }
    }

    private void addServer(String server, InetSocketAddress address) {
      ofServers.computeIfAbsent(server, name -> meters(tags.and("server", name), address));
    }

    private List<Meter> meters(Tags ofServer, InetSocketAddress address) {
      List<Meter> meters = new ArrayList<>();
      meters.add(
          gauge("jvs.connections", ofServer.and("state", "active"), address, ServerStatus::active));
      meters.add(
          gauge(
              "jvs.connections",
              ofServer.and("state", "inactive"),
              address,
              ServerStatus::inactive));
      meters.add(gauge("jvs.server.weight", ofServer, address, ServerStatus::weight));
      meters.add(gauge("jvs.server.up", ofServer, address, s -> s.down() == null ? 1 : 0));
      meters.add(gauge("jvs.server.warnings", ofServer, address, s -> s.warnings().size()));
      meters.add(counter("jvs.connections.opened", ofServer, address, ServerStatus::opened));
      for (Fault fault : Fault.values()) {
        meters.add(
            counter(
                "jvs.connections.failed",
                ofServer.and("reason", fault.toString()),
                address,
                s -> s.failures().getOrDefault(fault, 0L)));
      }
      meters.add(
          counter(
              "jvs.bytes",
              ofServer.and("direction", "in"),
              address,
              ServerStatus::bytesFromClients));
      meters.add(
          counter(
              "jvs.bytes",
              ofServer.and("direction", "out"),
              address,
              ServerStatus::bytesToClients));
      return meters;
    }

    private Meter gauge(
        String name,
        Tags meterTags,
        InetSocketAddress server,
        ToDoubleFunction<ServerStatus> read) {
      return Gauge.builder(name, balancer, b -> read(b, server, read, Double.NaN))
          .tags(meterTags)
          .strongReference(true)
          .register(registry);
    }

    private Meter counter(
        String name,
        Tags meterTags,
        InetSocketAddress server,
        ToDoubleFunction<ServerStatus> read) {
      return FunctionCounter.builder(name, balancer, b -> read(b, server, read, 0))
          .tags(meterTags)
          .register(registry);
    }

    private void countChange(String server, String to) {
      Counter changes =
          Counter.builder("jvs.health.changes")
              .tags(tags.and("server", server, "to", to))
              .register(registry);
      changes.increment();
      List<Meter> meters = ofServers.get(server);
      if (meters != null && !meters.contains(changes)) {
        meters.add(changes);
      }
    }
  }

  private static double intake(LoadBalancer balancer, ToDoubleFunction<IntakeStatus> read) {
    IntakeStatus status = balancer.intake();
    return status == null ? 0 : read.applyAsDouble(status);
  }

  private static double read(
      LoadBalancer balancer,
      InetSocketAddress server,
      ToDoubleFunction<ServerStatus> read,
      double gone) {
    ServerStatus status = balancer.status(server);
    return status == null ? gone : read.applyAsDouble(status);
  }
}

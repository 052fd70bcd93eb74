package io.jvs.launcher.running;

import io.jvs.balancing.LoadBalancer;
import io.jvs.director.DirectorListener;
import io.jvs.kernel.ipvs.IpvsTransport;
import io.jvs.metrics.JvsMetrics;
import io.jvs.transport.tcp.TcpTransport;
import io.jvs.transport.udp.UdpTransport;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * The meters of the process, its transports and services, with what an operator asks first about
 * any process. They are made when the first service is carried already: they take a sixth of the
 * time in which a director starts, and clients need not wait for them. Any thread.
 */
final class Metrics implements DirectorListener {
  private final TcpTransport tcp;
  private final Supplier<@Nullable UdpTransport> udp;
  private final IpvsTransport ipvs;
  private final ConnectionLog log;
  private @Nullable PrometheusMeterRegistry registry; // under this, as the next
  private @Nullable List<DirectorListener> services;
  private boolean udpBound;

  /**
   * Makes none yet.
   *
   * @param udp the transport, or null as long as it has never carried anything
   */
  Metrics(
      TcpTransport tcp,
      Supplier<@Nullable UdpTransport> udp,
      IpvsTransport ipvs,
      ConnectionLog log) {
    this.tcp = tcp;
    this.udp = udp;
    this.ipvs = ipvs;
    this.log = log;
  }

  @Override
  public void serviceStarted(LoadBalancer balancer) {
    services().forEach(meters -> meters.serviceStarted(balancer));
  }

  @Override
  public void serviceStopped(LoadBalancer balancer) {
    services().forEach(meters -> meters.serviceStopped(balancer));
  }

  /** In Prometheus' text format. */
  String scrape() {
    return registry().scrape();
  }

  private synchronized List<DirectorListener> services() {
    List<DirectorListener> present = services;
    if (present == null) {
      PrometheusMeterRegistry into = registry();
      present = List.of(new JvsMetrics(into), PrometheusDurations.in(into.getPrometheusRegistry()));
      services = present;
    }
    return present;
  }

  /** Once it has a service, which may be one that was TCP's before. */
  private synchronized void bindUdp(MeterRegistry registry) {
    UdpTransport transport = udp.get();
    if (transport != null && !udpBound) {
      udpBound = true;
      UdpMeters.bind(transport, registry);
    }
  }

  private synchronized PrometheusMeterRegistry registry() {
    PrometheusMeterRegistry present = registry;
    if (present == null) {
      present = ofProcess();
      bind(tcp, present);
      bind(log, present);
      bind(ipvs, present);
      registry = present;
    }
    bindUdp(present);
    return present;
  }

  private static PrometheusMeterRegistry ofProcess() {
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    // PrometheusDurations says the same as a histogram.
    registry.config().meterFilter(MeterFilter.denyNameStartsWith(JvsMetrics.DURATION));
    new UptimeMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new FileDescriptorMetrics().bindTo(registry);
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    return registry;
  }

  /** The transport as a whole; its services have meters of their own (JvsMetrics). */
  private static void bind(TcpTransport tcp, MeterRegistry registry) {
    Gauge.builder("jvs.tcp.connections", tcp, t -> t.status().connections())
        .description("Clients that are connecting, connected or closing")
        .strongReference(true)
        .register(registry);
    Gauge.builder("jvs.tcp.connections.max", tcp, t -> t.status().maxConnections())
        .description("How many of them there may be")
        .strongReference(true)
        .register(registry);
    FunctionCounter.builder("jvs.tcp.refused", tcp, t -> t.status().refusedWhenFull())
        .tags("reason", "max-connections")
        .description("Clients reset by the transport")
        .register(registry);
    FunctionCounter.builder("jvs.tcp.refused", tcp, t -> t.status().policyFailures())
        .tags("reason", "policy-failure")
        .description("Clients reset by the transport")
        .register(registry);
    FunctionCounter.builder("jvs.tcp.local.failures", tcp, t -> t.status().acceptFailures())
        .description("Accepting or connecting failed on this machine")
        .register(registry);
  }

  /** Lines of the connection log; zeros while it is off. */
  private static void bind(ConnectionLog log, MeterRegistry registry) {
    FunctionCounter.builder("jvs.tcp.log.lines", log, ConnectionLog::written)
        .description("Lines of the connection log")
        .register(registry);
    dropped(log, "at-most", ConnectionLog::beyondRate, registry);
    dropped(log, "slow", ConnectionLog::beyondQueue, registry);
    dropped(log, "error", ConnectionLog::notWritten, registry);
  }

  private static void dropped(
      ConnectionLog log, String reason, ToDoubleFunction<ConnectionLog> count, MeterRegistry to) {
    FunctionCounter.builder("jvs.tcp.log.dropped", log, count)
        .tags("reason", reason)
        .description("Lines that the connection log should have and has not")
        .register(to);
  }

  /** The kernel's table as a whole; zeros while it carries nothing. */
  private static void bind(IpvsTransport ipvs, MeterRegistry registry) {
    Gauge.builder("jvs.ipvs.reachable", ipvs, t -> t.status().trouble() == null ? 1 : 0)
        .description("1 while the kernel can be asked")
        .strongReference(true)
        .register(registry);
    Gauge.builder("jvs.ipvs.services", ipvs, t -> t.status().services())
        .description("Services of this director in the kernel's table")
        .strongReference(true)
        .register(registry);
    Gauge.builder("jvs.ipvs.destinations", ipvs, t -> t.status().destinations())
        .description("Their destinations")
        .strongReference(true)
        .register(registry);
    Gauge.builder("jvs.ipvs.leaving", ipvs, t -> t.status().leaving())
        .description("Destinations that wait for their connections to end")
        .strongReference(true)
        .register(registry);
    FunctionCounter.builder("jvs.ipvs.steps", ipvs, t -> t.status().steps())
        .description("Changes of the kernel's table")
        .register(registry);
    FunctionCounter.builder("jvs.ipvs.rejected", ipvs, t -> t.status().rejected())
        .description("Changes that the kernel refused")
        .register(registry);
    FunctionCounter.builder("jvs.ipvs.mended", ipvs, t -> t.status().mended())
        .description("Services put right after somebody else had changed them")
        .register(registry);
  }
}

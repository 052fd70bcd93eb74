package io.jvs.launcher.running;

import io.jvs.transport.udp.UdpStatus;
import io.jvs.transport.udp.UdpTransport;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.ToDoubleFunction;

/** The UDP transport as a whole; its services have meters of their own (JvsMetrics). */
final class UdpMeters {
  private UdpMeters() {}

  static void bind(UdpTransport udp, MeterRegistry registry) {
    gauge("jvs.udp.flows", "Clients at virtual addresses", UdpStatus::flows, udp, registry);
    gauge("jvs.udp.flows.max", "How many of them there may be", UdpStatus::maxFlows, udp, registry);
    gauge(
        "jvs.udp.source.ports",
        "Ports from which real servers are asked",
        UdpStatus::sourcePorts,
        udp,
        registry);
    FunctionCounter.builder("jvs.udp.flows.evicted", udp, t -> t.status().evicted())
        .description("Flows that ended before their time, because there were too many")
        .register(registry);
    dropped("refused", UdpStatus::refused, udp, registry);
    dropped("no-port", UdpStatus::withoutPort, udp, registry);
    dropped("unsent", UdpStatus::unsent, udp, registry);
    dropped("stray", UdpStatus::strays, udp, registry);
    dropped("policy-failure", UdpStatus::policyFailures, udp, registry);
  }

  private static void gauge(
      String name,
      String description,
      ToDoubleFunction<UdpStatus> value,
      UdpTransport udp,
      MeterRegistry registry) {
    Gauge.builder(name, udp, t -> value.applyAsDouble(t.status()))
        .description(description)
        .strongReference(true)
        .register(registry);
  }

  private static void dropped(
      String reason, ToDoubleFunction<UdpStatus> count, UdpTransport udp, MeterRegistry registry) {
    FunctionCounter.builder("jvs.udp.dropped", udp, t -> count.applyAsDouble(t.status()))
        .tags("reason", reason)
        .description("Datagrams that were not passed on")
        .register(registry);
  }
}

package io.jvs.launcher.running;

import io.jvs.transport.udp.UdpDrop;
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
    gauge("jvs.udp.quic.ids", "Connection ids remembered", UdpStatus::quicIds, udp, registry);
    counter(
        "jvs.udp.flows.evicted",
        "Flows that ended before their time, because there were too many",
        UdpStatus::evicted,
        udp,
        registry);
    counter(
        "jvs.udp.quic.ids.evicted",
        "Connection ids forgotten before their time, for want of room",
        UdpStatus::quicIdsEvicted,
        udp,
        registry);
    counter(
        "jvs.udp.quic.followed",
        "Flows that went to the real server of their connection id",
        UdpStatus::quicFollowed,
        udp,
        registry);
    counter(
        "jvs.udp.unreachable.told",
        "Clients told by ICMP that no real server takes what they send",
        UdpStatus::unreachableTold,
        udp,
        registry);
    udp.status().drops().keySet().forEach(why -> dropped(why, udp, registry));
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

  private static void counter(
      String name,
      String description,
      ToDoubleFunction<UdpStatus> value,
      UdpTransport udp,
      MeterRegistry registry) {
    FunctionCounter.builder(name, udp, t -> value.applyAsDouble(t.status()))
        .description(description)
        .register(registry);
  }

  private static void dropped(UdpDrop why, UdpTransport udp, MeterRegistry registry) {
    FunctionCounter.builder("jvs.udp.dropped", udp, t -> t.status().dropped(why))
        .tags("reason", why.toString())
        .description("Datagrams that were not passed on")
        .register(registry);
  }
}

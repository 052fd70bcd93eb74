package io.jvs.launcher.running;

import io.jvs.kernel.ipvs.IpvsPlan;
import io.jvs.kernel.ipvs.IpvsTransport;
import io.jvs.launcher.configuration.Carrier;
import io.jvs.launcher.configuration.IpvsSettings;
import io.jvs.launcher.configuration.TcpSettings;
import io.jvs.launcher.configuration.UdpSettings;
import io.jvs.model.Protocol;
import io.jvs.model.TransportOptions;
import io.jvs.model.VirtualAddress;
import io.jvs.model.VirtualService;
import io.jvs.transport.ConnectionListener;
import io.jvs.transport.tcp.TcpOptions;
import io.jvs.transport.tcp.TcpTransport;
import io.jvs.transport.udp.UdpOptions;
import io.jvs.transport.udp.UdpTransport;
import java.util.Optional;
import java.util.function.IntSupplier;

/** The transports that the launcher comes with; the only place that makes them. */
public final class Transports {
  private Transports() {}

  /** Why the one that is asked for cannot carry a service, or empty if it can. */
  public static Optional<String> objection(Carrier carrier, VirtualService service) {
    return switch (carrier) {
      case IPVS -> IpvsPlan.objection(service).map(reason -> "not by the kernel: " + reason);
      case USERSPACE -> userspace(service).map(reason -> reason + wayOut(Carrier.IPVS, service));
      case TCP -> tcp(service).map(reason -> reason + wayOut(Carrier.USERSPACE, service));
      case UDP -> udp(service).map(reason -> reason + wayOut(Carrier.USERSPACE, service));
    };
  }

  /** What carries it instead: that, or the kernel; or nothing. */
  private static String wayOut(Carrier other, VirtualService service) {
    boolean userspace = other == Carrier.USERSPACE && userspace(service).isEmpty();
    boolean kernel = !userspace && IpvsPlan.objection(service).isEmpty();
    return userspace
        ? "; transport: userspace carries it"
        : kernel ? "; transport: ipvs carries it" : "";
  }

  /** By each of the proxies that its address or its options are for. */
  private static Optional<String> userspace(VirtualService service) {
    if (service.address() instanceof VirtualAddress.Endpoint endpoint) {
      return switch (endpoint.protocol()) {
        case TCP -> tcp(service);
        case UDP -> udp(service);
        case SCTP -> Optional.of("not by a proxy: sctp (expected: tcp or udp)");
      };
    }
    boolean forTcp = service.transportOptions(TcpOptions.class) != null;
    boolean forUdp = service.transportOptions() != null && (!forTcp || isForBoth(service));
    if (!forTcp && !forUdp) {
      return Optional.of(
          "not by a proxy: '"
              + service.address()
              + "' is no address to listen on (expected: a TCP or UDP address and port, or"
              + " tcp.listening or udp.listening or both with transparent and port, for TPROXY of"
              + " the firewall to send them to; or the kernel)");
    }
    return (forTcp ? tcp(service) : Optional.<String>empty())
        .or(() -> forUdp ? udp(service) : Optional.empty());
  }

  /** Whether a service of userspace may be one of UDP; loads nothing of UDP for others. */
  static boolean mayBeUdp(VirtualService service) {
    return service.address() instanceof VirtualAddress.Endpoint endpoint
        ? endpoint.protocol() == Protocol.UDP
        : service.transportOptions(UdpOptions.class) != null;
  }

  private static boolean isForBoth(VirtualService service) {
    return service.transportOptions() instanceof TransportOptions.Several;
  }

  private static Optional<String> tcp(VirtualService service) {
    TcpTransport tcp = TcpTransport.create(); // opens nothing before it carries something
    try {
      return tcp.objection(service).map(reason -> "not by the TCP proxy: " + reason);
    } finally {
      tcp.close();
    }
  }

  private static Optional<String> udp(VirtualService service) {
    UdpTransport udp = UdpTransport.create(); // as above
    try {
      return udp.objection(service).map(reason -> "not by the UDP proxy: " + reason);
    } finally {
      udp.close();
    }
  }

  static IpvsTransport ipvs(IpvsSettings settings) {
    IpvsTransport.Builder builder = IpvsTransport.builder();
    if (settings.onExit() != null) {
      builder.onExit(settings.onExit());
    }
    if (settings.takeOver() != null) {
      builder.takeOver(settings.takeOver());
    }
    if (settings.onDrift() != null) {
      builder.onDrift(settings.onDrift());
    }
    if (settings.pollInterval() != null) {
      builder.pollInterval(settings.pollInterval());
    }
    if (settings.drainAtMost() != null) {
      builder.drainAtMost(settings.drainAtMost());
    }
    settings.sync().forEach(builder::sync);
    return builder.build();
  }

  /**
   * The UDP proxy.
   *
   * @param listener who hears of ends of flows
   */
  static UdpTransport udp(UdpSettings settings, ConnectionListener listener) {
    UdpTransport.Builder builder = UdpTransport.builder().connectionListener(listener);
    if (settings.threads() != null) {
      builder.eventLoopThreads(settings.threads());
    }
    if (settings.maxFlows() != null) {
      builder.maxFlows(settings.maxFlows());
    }
    if (settings.engine() != null) {
      builder.engine(settings.engine());
    }
    return builder.build();
  }

  /**
   * The TCP proxy.
   *
   * @param listener who hears of ends of connections
   * @param otherDescriptors how many the rest of the process may take
   */
  static TcpTransport tcp(
      TcpSettings settings, ConnectionListener listener, IntSupplier otherDescriptors) {
    TcpTransport.Builder builder =
        TcpTransport.builder().connectionListener(listener).otherDescriptors(otherDescriptors);
    if (settings.threads() != null) {
      builder.eventLoopThreads(settings.threads());
    }
    if (settings.backlog() != null) {
      builder.backlog(settings.backlog());
    }
    if (settings.maxConnections() != null) {
      builder.maxConnections(settings.maxConnections());
    }
    if (settings.whenFull() != null) {
      builder.whenFull(settings.whenFull());
    }
    if (settings.engine() != null) {
      builder.engine(settings.engine());
    }
    return builder.build();
  }
}

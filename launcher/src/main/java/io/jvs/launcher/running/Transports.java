package io.jvs.launcher.running;

import io.jvs.kernel.ipvs.IpvsPlan;
import io.jvs.kernel.ipvs.IpvsTransport;
import io.jvs.launcher.configuration.Carrier;
import io.jvs.launcher.configuration.IpvsSettings;
import io.jvs.launcher.configuration.TcpSettings;
import io.jvs.model.VirtualService;
import io.jvs.transport.ConnectionListener;
import io.jvs.transport.tcp.TcpTransport;
import java.util.Optional;

/** The transports that the launcher comes with; the only place that makes them. */
public final class Transports {
  private Transports() {}

  /** Why the one that is asked for cannot carry a service, or empty if it can. */
  public static Optional<String> objection(Carrier carrier, VirtualService service) {
    if (carrier == Carrier.IPVS) {
      return IpvsPlan.objection(service).map(reason -> "not by the kernel: " + reason);
    }
    TcpTransport tcp = TcpTransport.create(); // opens nothing before it carries something
    try {
      String wayOut = IpvsPlan.objection(service).isEmpty() ? "; transport: ipvs carries it" : "";
      return tcp.objection(service).map(reason -> "not by the TCP proxy: " + reason + wayOut);
    } finally {
      tcp.close();
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
   * The TCP proxy.
   *
   * @param listener who hears of ends of connections
   */
  static TcpTransport tcp(TcpSettings settings, ConnectionListener listener) {
    TcpTransport.Builder builder = TcpTransport.builder().connectionListener(listener);
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

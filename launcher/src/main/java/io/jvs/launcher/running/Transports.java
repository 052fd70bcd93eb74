package io.jvs.launcher.running;

import io.jvs.launcher.configuration.TcpSettings;
import io.jvs.model.VirtualService;
import io.jvs.transport.tcp.TcpTransport;
import java.util.Optional;

/** The transports that the launcher comes with; the only place that makes them. */
public final class Transports {
  private Transports() {}

  /** Why none of them can carry a service, or empty if one can. */
  public static Optional<String> objection(VirtualService service) {
    TcpTransport tcp = TcpTransport.create(); // opens nothing before it carries something
    try {
      return tcp.objection(service).map(reason -> "no transport for it: " + reason);
    } finally {
      tcp.close();
    }
  }

  static TcpTransport tcp(TcpSettings settings) {
    TcpTransport.Builder builder = TcpTransport.builder();
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

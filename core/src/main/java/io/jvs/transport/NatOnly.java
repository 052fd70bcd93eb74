package io.jvs.transport;

import io.jvs.model.Forwarding;
import io.jvs.model.RealServer;
import io.jvs.model.VirtualService;
import java.util.Optional;
import java.util.stream.Stream;

/** What transports in userspace have against real servers: they relay, and can do nothing else. */
public final class NatOnly {
  private NatOnly() {}

  /** Why the service cannot be relayed, for the first real server that is not forwarded by NAT. */
  public static Optional<String> objection(VirtualService service) {
    return Stream.concat(service.realServers().stream(), Stream.ofNullable(service.fallback()))
        .filter(server -> !server.forwarding().equals(Forwarding.NAT))
        .findFirst()
        .map(NatOnly::text);
  }

  private static String text(RealServer server) {
    return "real server "
        + server.name()
        + ": forwarding "
        + server.forwarding()
        + " (expected: NAT; DR and TUN need the kernel)";
  }
}

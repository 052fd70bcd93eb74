package io.jvs.transport;

import io.jvs.model.Forwarding;
import io.jvs.model.RealServer;
import io.jvs.model.VirtualService;
import java.net.Inet6Address;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What transports in userspace have against real servers: they relay, and can do nothing else, and
 * send to what the system can find.
 */
public final class ServerObjections {
  private ServerObjections() {}

  /**
   * Why the service cannot be relayed, for the first real server that is not forwarded by NAT, or
   * whose address is one of each link without saying of which.
   */
  public static Optional<String> to(VirtualService service) {
    return Stream.concat(service.realServers().stream(), Stream.ofNullable(service.fallback()))
        .flatMap(server -> objection(server).stream())
        .findFirst();
  }

  private static Optional<String> objection(RealServer server) {
    if (!server.forwarding().equals(Forwarding.NAT)) {
      return Optional.of(
          "real server "
              + server.name()
              + ": forwarding "
              + server.forwarding()
              + " (expected: NAT; DR and TUN need the kernel)");
    }
    if (server.address().getAddress() instanceof Inet6Address ip
        && ip.isLinkLocalAddress()
        && ip.getScopeId() == 0) {
      return Optional.of(
          "real server "
              + server.name()
              + " is link-local (expected: with its network device, as in [fe80::1%eth0]:53)");
    }
    return Optional.empty();
  }
}

package io.jvs.kernel.ipvs;

import io.jvs.model.AddressFamily;
import org.jspecify.annotations.Nullable;

/**
 * What ipvsadm(8) refuses or changes although the kernel takes it. Rows that break these rules can
 * be written only with an option of our own.
 */
final class RowRules {
  static final long MAX_PERSISTENCE_SECONDS = 2_678_400;

  private RowRules() {}

  /** Why not, or null. */
  static @Nullable String objection(IpvsService service) {
    boolean persistent = service.has(IpvsService.PERSISTENT);
    if (persistent
        && (service.timeoutSeconds() < 1 || service.timeoutSeconds() > MAX_PERSISTENCE_SECONDS)) {
      return "-p "
          + service.timeoutSeconds()
          + " (expected: 1 to "
          + MAX_PERSISTENCE_SECONDS
          + " seconds)";
    }
    if (service.key() instanceof ServiceKey.Address key) {
      if (key.port() == 0 && !persistent) {
        return "port 0 without -p (expected: a port; 0, all ports, works with persistence only)";
      }
      if (service.has(IpvsService.ONE_PACKET) && key.protocol() != ServiceKey.UDP) {
        return "-o (expected: with -u or -f only)";
      }
      if (!SaveLineReader.PROTOCOLS.containsValue(key.protocol())) {
        return "protocol " + key.protocol() + " (expected: TCP, UDP or SCTP)";
      }
    }
    return null;
  }

  /** Likewise. */
  static @Nullable String objection(ServiceKey service, IpvsDestination destination) {
    if (destination.upper() > Integer.MAX_VALUE || destination.lower() > Integer.MAX_VALUE) {
      return "threshold " + destination.upper() + " (expected: 0 to 2147483647)";
    }
    if (destination.lower() > destination.upper()) {
      return "-y "
          + destination.lower()
          + " above -x "
          + destination.upper()
          + " (expected: at most as much; the kernel answers ERANGE)";
    }
    if (!samePort(service, destination)) {
      return "port "
          + destination.address().getPort()
          + " (expected with -g and -i: that of the service, since packets keep it)";
    }
    if (destination.method() != IpvsDestination.TUNNEL
        && AddressFamily.of(destination.ip()) != service.family()) {
      return AddressText.of(destination.ip())
          + " is not "
          + service.family()
          + " (expected: the family of the service, or -i)";
    }
    return switch (destination.method()) {
      case IpvsDestination.NAT, IpvsDestination.DIRECT_ROUTE -> null;
      case IpvsDestination.TUNNEL -> tunnelObjection(destination);
      default -> "method " + destination.method() + " (expected: -g, -i or -m)";
    };
  }

  /** Packets by direct routing and tunnel keep their port; NAT may change it. */
  private static boolean samePort(ServiceKey service, IpvsDestination destination) {
    boolean keeps =
        destination.method() == IpvsDestination.DIRECT_ROUTE
            || destination.method() == IpvsDestination.TUNNEL;
    return !keeps
        || !(service instanceof ServiceKey.Address key)
        || key.port() == destination.address().getPort();
  }

  private static @Nullable String tunnelObjection(IpvsDestination destination) {
    int flags = destination.tunnelFlags();
    boolean gue = destination.tunnelType() == IpvsDestination.GUE;
    boolean ipip = destination.tunnelType() == IpvsDestination.IPIP;
    boolean gre = destination.tunnelType() == IpvsDestination.GRE;
    if (!ipip && !gue && !gre) {
      return "tunnel type " + destination.tunnelType() + " (expected: ipip, gue or gre)";
    }
    if (gue ? destination.tunnelPort() == 0 : destination.tunnelPort() != 0) {
      return "--tun-port "
          + destination.tunnelPort()
          + " (expected: 1 to 65535 with gue, and not with ipip and gre)";
    }
    if (flags < 0
        || flags > IpvsDestination.REMOTE_CHECKSUM
        || (flags == IpvsDestination.REMOTE_CHECKSUM && !gue)
        || (flags == IpvsDestination.CHECKSUM && ipip)) {
      return "tunnel checksum "
          + flags
          + " (expected: none with ipip, --tun-csum with gre and gue, --tun-remcsum with gue)";
    }
    return null;
  }
}

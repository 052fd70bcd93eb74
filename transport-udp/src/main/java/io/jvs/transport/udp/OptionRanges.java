package io.jvs.transport.udp;

import io.jvs.model.SocketAddresses;
import java.net.InetAddress;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Checks values of {@link UdpOptions}. Outside of it, because its parts have constants that are
 * checked, and it has constants that are made of those.
 */
final class OptionRanges {
  private OptionRanges() {}

  static void check(String what, int value, int min, int max) {
    if (value < min || value > max) {
      throw new IllegalArgumentException(
          "udp: " + what + " " + value + " (expected: " + min + " to " + max + ")");
    }
  }

  static void checkDevice(@Nullable String device) {
    if (device != null && !device.matches("[^\\s/]{1,15}")) {
      throw new IllegalArgumentException(
          "udp: device '" + device + "' (expected: the name of a network device, such as eth0)");
    }
  }

  /** Where TPROXY sends datagrams. */
  static void checkPort(int port, boolean transparent, boolean dual) {
    check("port", port, 0, 65_535);
    if (port != 0 && !transparent) {
      throw new IllegalArgumentException(
          "udp: port "
              + port
              + " to listen on without transparent (expected: both, since it is TPROXY that sends"
              + " clients there)");
    }
    if (port != 0 && dual) {
      throw new IllegalArgumentException(
          "udp: port "
              + port
              + " to listen on and dual (expected: a service of each family, each with a port of"
              + " its own)");
    }
  }

  static void checkSources(List<InetAddress> sources, boolean clientAddress) {
    for (InetAddress source : sources) {
      if (source.isAnyLocalAddress() || source.isMulticastAddress()) {
        throw new IllegalArgumentException(
            "udp: outgoing source "
                + SocketAddresses.format(source)
                + " (expected: a single address)");
      }
    }
    if (Set.copyOf(sources).size() < sources.size()) {
      throw new IllegalArgumentException(
          "udp: outgoing sources "
              + text(sources)
              + " (expected: each once, since they are used in turn)");
    }
    if (clientAddress && !sources.isEmpty()) {
      throw new IllegalArgumentException(
          "udp: outgoing sources "
              + text(sources)
              + " and the client's address (expected: one of the two)");
    }
  }

  private static List<String> text(List<InetAddress> addresses) {
    return addresses.stream().map(SocketAddresses::format).toList();
  }
}

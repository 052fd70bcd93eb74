package io.jvs.transport.listening;

import io.jvs.model.PortRange;
import io.jvs.model.VirtualAddress;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;

/**
 * Where a service listens: at its own address and each of its ports, or at the one port that TPROXY
 * is told.
 *
 * @param dual whether IPv4 clients come in too
 */
public record Place(InetSocketAddress address, boolean dual) {
  /** Of a service that nobody objects to. */
  public static List<Place> of(ServiceSockets sockets) {
    VirtualAddress address = sockets.service().address();
    if (sockets.isRedirected()) {
      return List.of(
          new Place(new InetSocketAddress(wildcard(address), sockets.port()), sockets.dual()));
    }
    List<Place> places = new ArrayList<>();
    if (address instanceof VirtualAddress.Endpoint endpoint) {
      PortRange ports = endpoint.ports();
      for (int port = ports.first(); port <= ports.last(); port++) {
        places.add(new Place(new InetSocketAddress(endpoint.address(), port), sockets.dual()));
      }
    }
    return places;
  }

  /** Whether a client could mean both, so that they cannot be listened on together. */
  public boolean meets(Place other) {
    InetAddress one = address.getAddress();
    InetAddress two = other.address.getAddress();
    if (address.getPort() != other.address.getPort()) {
      return false;
    }
    if (one.getClass() == two.getClass()) {
      return one.equals(two) || one.isAnyLocalAddress() || two.isAnyLocalAddress();
    }
    return one instanceof Inet4Address ? other.dual : dual;
  }

  private static InetAddress wildcard(VirtualAddress address) {
    try {
      return switch (address.family()) {
        case IPV4 -> Inet4Address.getByAddress(new byte[4]);
        case IPV6 -> Inet6Address.getByAddress(new byte[16]);
      };
    } catch (UnknownHostException e) {
      throw new AssertionError("4 or 16 bytes are an address", e);
    }
  }
}

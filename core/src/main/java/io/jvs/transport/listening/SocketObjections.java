package io.jvs.transport.listening;

import io.jvs.model.AddressFamily;
import io.jvs.model.Protocol;
import io.jvs.model.RealServer;
import io.jvs.model.VirtualAddress;
import io.jvs.model.VirtualService;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Why a service cannot be listened for, or connected for, as its options say. */
public final class SocketObjections {
  private final ServiceSockets sockets;
  private final VirtualService service;
  private final Protocol protocol;
  private final int maxPorts;

  private SocketObjections(ServiceSockets sockets, int maxPorts) {
    this.sockets = sockets;
    this.service = sockets.service();
    this.protocol = sockets.protocol();
    this.maxPorts = maxPorts;
  }

  /**
   * The first of them with the way out, or null.
   *
   * @param maxPorts how many a service may have, since each is a listening socket
   */
  public static @Nullable String to(ServiceSockets sockets, int maxPorts) {
    SocketObjections objections = new SocketObjections(sockets, maxPorts);
    String objection = objections.address();
    return objection != null ? objection : objections.families();
  }

  private @Nullable String address() {
    VirtualAddress address = service.address();
    boolean redirected = sockets.isRedirected();
    if (address instanceof VirtualAddress.FirewallMark) {
      return redirected
          ? dual(address)
          : "'"
              + address
              + "' is no address to listen on (expected: a "
              + protocol.name()
              + " address and port, "
              + tproxy()
              + "; or the kernel)";
    }
    if (!(address instanceof VirtualAddress.Endpoint endpoint)) {
      return "'"
          + address
          + "' is no address to listen on (expected: a "
          + protocol.name()
          + " address and port)";
    }
    if (endpoint.protocol() != protocol) {
      return endpoint.protocol() + " (expected: " + protocol + ")";
    }
    if (endpoint.ports().isAll() && !redirected) {
      return "all ports (expected: a port, or a range of up to "
          + maxPorts
          + ", "
          + tproxy()
          + "; or the kernel)";
    }
    int ports = endpoint.ports().last() - endpoint.ports().first() + 1;
    if (ports > maxPorts && !redirected) {
      return ports
          + " ports (expected: up to "
          + maxPorts
          + ", since each is a listening socket, "
          + tproxy()
          + "; or the kernel)";
    }
    return dual(address);
  }

  private @Nullable String dual(VirtualAddress address) {
    boolean everything =
        address instanceof VirtualAddress.Endpoint endpoint
            && endpoint.address().isAnyLocalAddress()
            && endpoint.family() == AddressFamily.IPV6;
    return !sockets.dual() || everything
        ? null
        : "listening.dual at "
            + address
            + " (expected: the wildcard address of IPv6, such as "
            + protocol
            + " [::]:"
            + (protocol == Protocol.UDP ? 53 : 80)
            + ")";
  }

  /**
   * What is known beforehand; clients and servers whose families show later are relayed plainly.
   */
  private @Nullable String families() {
    if (!sockets.clientAddress() || sockets.dual()) {
      return null;
    }
    List<RealServer> servers = new ArrayList<>(service.realServers());
    if (service.fallback() != null) {
      servers.add(service.fallback());
    }
    for (RealServer server : servers) {
      if (!server.address().isUnresolved()
          && AddressFamily.of(server.address().getAddress()) != service.address().family()) {
        return "real server "
            + server.name()
            + ": outgoing.clientAddress from "
            + service.address().family()
            + " to "
            + AddressFamily.of(server.address().getAddress())
            + " (expected: one family, or the PROXY protocol to tell the address)";
      }
    }
    return null;
  }

  private String tproxy() {
    return "or "
        + protocol
        + ".listening with transparent and port, for TPROXY of the firewall to send them to";
  }
}

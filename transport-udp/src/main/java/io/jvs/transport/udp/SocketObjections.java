package io.jvs.transport.udp;

import io.jvs.model.AddressFamily;
import io.jvs.model.Protocol;
import io.jvs.model.RealServer;
import io.jvs.model.VirtualAddress;
import io.jvs.model.VirtualService;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Why a service cannot be listened for, or its servers be asked, as its options say. */
final class SocketObjections {
  private static final String TPROXY =
      "or udp.listening with transparent and port, for TPROXY of the firewall to send them to";

  private SocketObjections() {}

  /** The first of them with the way out, or null. */
  static @Nullable String to(VirtualService service, UdpOptions options) {
    String objection = address(service.address(), options.listening());
    return objection != null ? objection : families(service, options);
  }

  private static @Nullable String address(VirtualAddress address, UdpOptions.Listening listening) {
    boolean redirected = listening.port() != 0;
    if (address instanceof VirtualAddress.FirewallMark) {
      return redirected
          ? dual(address, listening)
          : "'"
              + address
              + "' is no address to listen on (expected: a UDP address and port, "
              + TPROXY
              + "; or the kernel)";
    }
    if (!(address instanceof VirtualAddress.Endpoint endpoint)) {
      return "'" + address + "' is no address to listen on (expected: a UDP address and port)";
    }
    if (endpoint.protocol() != Protocol.UDP) {
      return endpoint.protocol() + " (expected: udp)";
    }
    if (endpoint.ports().isAll() && !redirected) {
      return "all ports (expected: a port, or a range of up to "
          + UdpTransport.MAX_PORTS
          + ", "
          + TPROXY
          + "; or the kernel)";
    }
    int ports = endpoint.ports().last() - endpoint.ports().first() + 1;
    if (ports > UdpTransport.MAX_PORTS && !redirected) {
      return ports
          + " ports (expected: up to "
          + UdpTransport.MAX_PORTS
          + ", since each is a listening socket, "
          + TPROXY
          + "; or the kernel)";
    }
    return dual(address, listening);
  }

  private static @Nullable String dual(VirtualAddress address, UdpOptions.Listening listening) {
    boolean everything =
        address instanceof VirtualAddress.Endpoint endpoint
            && endpoint.address().isAnyLocalAddress()
            && endpoint.family() == AddressFamily.IPV6;
    return !listening.dual() || everything
        ? null
        : "listening.dual at "
            + address
            + " (expected: the wildcard address of IPv6, such as udp [::]:53)";
  }

  /** What is known beforehand; with clients of both families it shows with each flow. */
  private static @Nullable String families(VirtualService service, UdpOptions options) {
    if (!options.outgoing().clientAddress() || options.listening().dual()) {
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
}

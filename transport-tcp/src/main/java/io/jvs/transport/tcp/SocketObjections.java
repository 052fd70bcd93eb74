package io.jvs.transport.tcp;

import io.jvs.model.AddressFamily;
import io.jvs.model.Protocol;
import io.jvs.model.RealServer;
import io.jvs.model.VirtualAddress;
import io.jvs.model.VirtualService;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Why a service cannot be listened for, or connected for, as its options say. */
final class SocketObjections {
  private static final String TPROXY =
      "or tcp.listening with transparent and port, for TPROXY of the firewall to send them to";

  private SocketObjections() {}

  /** The first of them with the way out, or null. */
  static @Nullable String to(VirtualService service, TcpOptions options) {
    String objection = address(service.address(), options.listening());
    return objection != null ? objection : families(service, options);
  }

  private static @Nullable String address(VirtualAddress address, TcpOptions.Listening listening) {
    boolean redirected = listening.port() != 0;
    if (address instanceof VirtualAddress.FirewallMark) {
      return redirected
          ? dual(address, listening)
          : "'"
              + address
              + "' is no address to listen on (expected: a TCP address and port, "
              + TPROXY
              + "; or the kernel)";
    }
    if (!(address instanceof VirtualAddress.Endpoint endpoint)) {
      return "'" + address + "' is no address to listen on (expected: a TCP address and port)";
    }
    if (endpoint.protocol() != Protocol.TCP) {
      return endpoint.protocol() + " (expected: tcp)";
    }
    if (endpoint.ports().isAll() && !redirected) {
      return "all ports (expected: a port, or a range of up to "
          + TcpTransport.MAX_PORTS
          + ", "
          + TPROXY
          + "; or the kernel)";
    }
    int ports = endpoint.ports().last() - endpoint.ports().first() + 1;
    if (ports > TcpTransport.MAX_PORTS && !redirected) {
      return ports
          + " ports (expected: up to "
          + TcpTransport.MAX_PORTS
          + ", since each is a listening socket, "
          + TPROXY
          + "; or the kernel)";
    }
    return dual(address, listening);
  }

  private static @Nullable String dual(VirtualAddress address, TcpOptions.Listening listening) {
    boolean everything =
        address instanceof VirtualAddress.Endpoint endpoint
            && endpoint.address().isAnyLocalAddress()
            && endpoint.family() == AddressFamily.IPV6;
    return !listening.dual() || everything
        ? null
        : "listening.dual at "
            + address
            + " (expected: the wildcard address of IPv6, such as tcp [::]:80)";
  }

  /**
   * What is known beforehand; clients and servers whose families show later are relayed plainly.
   */
  private static @Nullable String families(VirtualService service, TcpOptions options) {
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

package io.jvs.transport.listening;

import io.jvs.model.Flow;
import io.jvs.model.Protocol;
import io.jvs.model.VirtualAddress;
import io.jvs.model.VirtualService;
import java.net.InetSocketAddress;

/**
 * What a service asks of its sockets, whatever else the options of its transport say.
 *
 * @param protocol of the transport, which the service may turn out not to fit
 * @param dual whether IPv4 clients come in at the wildcard address of IPv6 too
 * @param port where TPROXY sends clients; 0 to listen at the service's own address
 * @param clientAddress whether real servers see the client's own address
 */
public record ServiceSockets(
    VirtualService service, Protocol protocol, boolean dual, int port, boolean clientAddress) {
  /** Whether they may meet others in ways that the addresses of the services do not show. */
  boolean isUnusual() {
    return dual || isRedirected();
  }

  /** Whether the firewall sends clients here. */
  boolean isRedirected() {
    return port != 0;
  }

  /** Of a client that came in there. */
  public Flow flow(InetSocketAddress client, InetSocketAddress local) {
    Flow flow = Flow.of(protocol, client, local);
    return service.address() instanceof VirtualAddress.FirewallMark firewall
        ? flow.withMark(firewall.mark())
        : flow;
  }

  /**
   * Whether a client that came in there means this service. Beside those whom TPROXY sends, anybody
   * can reach the port that it sends them to.
   */
  public boolean isFor(InetSocketAddress local) {
    if (!isRedirected()) {
      return true;
    }
    if (!(service.address() instanceof VirtualAddress.Endpoint endpoint)) {
      return local.getPort() != port;
    }
    return (endpoint.address().isAnyLocalAddress() || endpoint.address().equals(local.getAddress()))
        && endpoint.ports().contains(local.getPort())
        && (local.getPort() != port || !endpoint.ports().isAll());
  }
}

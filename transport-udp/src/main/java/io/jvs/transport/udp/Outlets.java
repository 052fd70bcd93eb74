package io.jvs.transport.udp;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** From where the real servers of one service are asked. On its loop only. */
final class Outlets {
  private final PortPool routed;
  private final List<PortPool> ipv4;
  private final List<PortPool> ipv6;
  private final boolean clientAddress;
  private final UdpLoop loop;
  private int turn;

  Outlets(UdpLoop loop, UdpOptions options) {
    this.loop = loop;
    routed = loop.pool(PortPool.Kind.of(null, options));
    ipv4 = ofFamily(loop, options, false);
    ipv6 = ofFamily(loop, options, true);
    clientAddress = options.outgoing().clientAddress();
  }

  private static List<PortPool> ofFamily(UdpLoop loop, UdpOptions options, boolean ipv6) {
    Stream<InetAddress> sources = options.outgoing().sources().stream();
    return sources
        .filter(each -> each instanceof Inet6Address == ipv6)
        .map(each -> loop.pool(PortPool.Kind.of(each, options)))
        .toList();
  }

  /** A port for a flow of the client to the server; null if there is none. */
  @Nullable SourcePort port(InetSocketAddress client, InetSocketAddress server) {
    if (isAsClient(client, server)) {
      return routed.openAs(client);
    }
    List<PortPool> sources = sources(server);
    if (sources.isEmpty()) {
      return routed.freePort(server, true); // better an early one than none
    }
    SourcePort port = inTurn(sources, server, false);
    return port == null ? inTurn(sources, server, true) : port;
  }

  private boolean isAsClient(InetSocketAddress client, InetSocketAddress server) {
    return clientAddress && isIpv6(client) == isIpv6(server);
  }

  private List<PortPool> sources(InetSocketAddress server) {
    return isIpv6(server) ? ipv6 : ipv4;
  }

  private static boolean isIpv6(InetSocketAddress address) {
    return address.getAddress() instanceof Inet6Address;
  }

  /**
   * Whether {@link #port} may find one once a flow to the server has given back its own: that very
   * port if it is of the right kind, or another one in the place of one that is closed.
   */
  boolean gain(SourcePort given, InetSocketAddress client, InetSocketAddress server) {
    if (given.ofOneFlow()) {
      return !loop.mayOpenPort();
    }
    List<PortPool> sources = sources(server);
    return !isAsClient(client, server)
        && (sources.isEmpty() ? given.pool() == routed : sources.contains(given.pool()));
  }

  /** The ports of one may be used up. */
  private @Nullable SourcePort inTurn(
      List<PortPool> sources, InetSocketAddress server, boolean early) {
    for (int tried = 0; tried < sources.size(); tried++) {
      turn = turn + 1 < sources.size() ? turn + 1 : 0;
      SourcePort port = sources.get(turn).freePort(server, early);
      if (port != null) {
        return port;
      }
    }
    return null;
  }
}

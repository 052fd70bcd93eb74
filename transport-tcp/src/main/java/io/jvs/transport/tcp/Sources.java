package io.jvs.transport.tcp;

import io.jvs.model.Timeouts;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** From where a service connects to its real servers, unless routing is to say. Any thread. */
final class Sources {
  private final List<InetSocketAddress> ipv4;
  private final List<InetSocketAddress> ipv6;
  private final AtomicInteger turn4 = new AtomicInteger();
  private final AtomicInteger turn6 = new AtomicInteger();
  private final boolean clientAddress;

  private Sources(TcpOptions.Outgoing outgoing) {
    ipv4 = ofFamily(outgoing, false);
    ipv6 = ofFamily(outgoing, true);
    clientAddress = outgoing.clientAddress();
  }

  /** Null if routing says it. */
  static @Nullable Sources of(TcpOptions.Outgoing outgoing) {
    return outgoing.equals(TcpOptions.Outgoing.DEFAULT) ? null : new Sources(outgoing);
  }

  private static List<InetSocketAddress> ofFamily(TcpOptions.Outgoing outgoing, boolean ipv6) {
    return outgoing.sources().stream()
        .filter(each -> each instanceof Inet6Address == ipv6)
        .map(each -> new InetSocketAddress(each, 0))
        .toList();
  }

  /**
   * The first source to try for a connection, and those after it. Null if routing has to say it:
   * none is of the server's family, or the client is not.
   */
  @Nullable Choice choose(InetSocketAddress client, InetSocketAddress server, Timeouts limits) {
    boolean toIpv6 = server.getAddress() instanceof Inet6Address;
    if (clientAddress) {
      InetAddress ip = client.getAddress();
      return ip instanceof Inet6Address == toIpv6
          // The port may be taken: by the client's last connection, if it ended just now.
          ? new Choice(List.of(client, new InetSocketAddress(ip, 0)), 0, true, server, limits)
          : null;
    }
    List<InetSocketAddress> all = toIpv6 ? ipv6 : ipv4;
    if (all.isEmpty()) {
      return null;
    }
    int first = ((toIpv6 ? turn6 : turn4).getAndIncrement() & Integer.MAX_VALUE) % all.size();
    return new Choice(all, first, false, server, limits);
  }

  /** The sources for one server, one after the other. */
  static final class Choice {
    final boolean transparent;
    final InetSocketAddress server;
    final Timeouts limits;
    private final List<InetSocketAddress> all;
    private final int first;
    private int tried;

    private Choice(
        List<InetSocketAddress> all,
        int first,
        boolean transparent,
        InetSocketAddress server,
        Timeouts limits) {
      this.all = all;
      this.first = first;
      this.transparent = transparent;
      this.server = server;
      this.limits = limits;
    }

    InetSocketAddress source() {
      return all.get((first + tried) % all.size());
    }

    /** Goes on to the next one; whether there is one that was not tried. */
    boolean next() {
      return ++tried < all.size();
    }
  }
}

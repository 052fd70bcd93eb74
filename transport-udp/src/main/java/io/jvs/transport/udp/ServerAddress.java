package io.jvs.transport.udp;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;

/** A real server's address as bits, and the source ports that are free for it. On its loop only. */
final class ServerAddress {
  final InetSocketAddress address;
  final boolean ipv6;
  final long high;
  final long low;
  final int port;
  final int scope; // the network device of a link-local IPv6 address, else 0

  /** Ports that have served it before, the longest idle first. */
  final ArrayDeque<SourcePort> free = new ArrayDeque<>();

  /** Ports that may yet get late answers of flows that have ended, with the tick of the end. */
  final ArrayDeque<Resting> resting = new ArrayDeque<>();

  /** So many of the loop's ports, from the first on, have ever served it. */
  int used;

  int flows;
  int unanswered; // of them

  /** A port that is not to be used again for this server before a tick. */
  record Resting(SourcePort port, long until) {}

  ServerAddress(InetSocketAddress address) {
    this.address = address;
    InetAddress ip = address.getAddress();
    byte[] bytes = ip.getAddress();
    ByteBuffer bits = ByteBuffer.wrap(bytes); // network order
    this.ipv6 = bytes.length == 16;
    this.high = ipv6 ? bits.getLong() : 0;
    this.low = ipv6 ? bits.getLong() : Integer.toUnsignedLong(bits.getInt());
    this.port = address.getPort();
    this.scope = ip instanceof Inet6Address linked ? linked.getScopeId() : 0;
  }

  /** Whether nobody would miss what is known of it. */
  boolean isForgotten(long now) {
    return flows == 0 && (resting.isEmpty() || resting.getLast().until() - now <= 0);
  }

  boolean is(boolean otherIpv6, long otherHigh, long otherLow, int otherPort) {
    return low == otherLow && port == otherPort && high == otherHigh && ipv6 == otherIpv6;
  }
}

package io.jvs.transport.udp;

import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Whom a trusted sender speaks for: the client that its PROXY header names, and where that has
 * asked. The key among the flows of one {@link Sender} is the client.
 */
final class Named extends FlowKey {
  final boolean ipv6;
  final long askedHigh;
  final long askedLow;
  final int askedPort;
  @Nullable UdpFlow flow; // null before it has begun, and for one packet, as the next
  @Nullable Sender sender;

  /** What has been read. */
  Named(PreambleReader from) {
    super(from.clientHigh, from.clientLow, from.clientPort, 0, 0);
    this.ipv6 = from.ipv6;
    this.askedHigh = from.askedHigh;
    this.askedLow = from.askedLow;
    this.askedPort = from.askedPort;
  }

  /** IPv4 again, if it had to be written as IPv6. */
  InetSocketAddress client() {
    return SocketAddressMemory.plain(ipv6, clientHigh, clientLow, clientPort);
  }

  InetSocketAddress asked() {
    return SocketAddressMemory.plain(ipv6, askedHigh, askedLow, askedPort);
  }
}

package io.jvs.transport.udp;

import java.nio.ByteBuffer;

/**
 * Whole packets that say by ICMP that nobody listens at a port of UDP: RFC 792 and RFC 4443 section
 * 3.1, with as much of the datagram as its sender's system needs to find out whose it was, which is
 * its headers (RFC 1122 section 3.2.2). Addresses are bits as {@link SocketAddressMemory} has them.
 */
final class IcmpPacket {
  /** Bytes of the longest: two headers of IPv6, one of ICMP and one of UDP. */
  static final int MOST = 96;

  private static final int IPV4 = 20; // bytes of its header
  private static final int IPV6 = 40;
  private static final int UDP = 8;
  private static final int ICMP = 8;

  private static final byte VERSION_4 = 0x45; // and 5 words of header
  private static final int VERSION_6 = 0x6000_0000;
  private static final byte NETWORK_CONTROL = (byte) 0xC0; // as Linux sends ICMP
  private static final byte HOPS = 64;
  private static final byte PROTOCOL_ICMP = 1;
  private static final byte PROTOCOL_UDP = 17;
  private static final byte PROTOCOL_ICMP6 = 58;
  private static final short PORT_UNREACHABLE = 0x0303; // type and code
  private static final short PORT_UNREACHABLE_6 = 0x0104;

  private IcmpPacket() {}

  /**
   * From the address that a client has asked, about what it has sent there.
   *
   * @param out has {@link #MOST} bytes and gets it from its beginning on, in network order; to be
   *     read afterwards
   */
  static void portUnreachable(
      ByteBuffer out, boolean ipv6, FlowKey client, long askedHigh, long askedLow, int askedPort) {
    out.clear();
    if (ipv6) {
      header6(out, PROTOCOL_ICMP6, ICMP + IPV6 + UDP);
      address6(out, askedHigh, askedLow);
      address6(out, client.clientHigh, client.clientLow);
    } else { // the kernel adds its number and the checksum of the header (raw(7))
      header4(out, NETWORK_CONTROL, PROTOCOL_ICMP, IPV4 + ICMP + IPV4 + UDP);
      out.putInt((int) askedLow).putInt((int) client.clientLow);
    }
    int icmp = out.position();
    out.putShort(ipv6 ? PORT_UNREACHABLE_6 : PORT_UNREACHABLE).putShort((short) 0).putInt(0);
    int quoted = out.position();
    if (ipv6) {
      header6(out, PROTOCOL_UDP, UDP);
      address6(out, client.clientHigh, client.clientLow);
      address6(out, askedHigh, askedLow);
    } else {
      header4(out, (byte) 0, PROTOCOL_UDP, IPV4 + UDP);
      out.putInt((int) client.clientLow).putInt((int) askedLow);
      out.putShort(quoted + 10, checksum(sum(out, quoted, IPV4)));
    }
    out.putShort((short) client.clientPort).putShort((short) askedPort);
    out.putShort((short) UDP).putShort((short) 0);
    int length = out.position() - icmp;
    // Of IPv6 the addresses, the length and the protocol count too (RFC 8200 section 8.1).
    long pseudo = ipv6 ? sum(out, icmp - 32, 32) + length + PROTOCOL_ICMP6 : 0;
    out.putShort(icmp + 2, checksum(pseudo + sum(out, icmp, length)));
    out.flip();
  }

  private static void header4(ByteBuffer out, byte service, byte protocol, int length) {
    out.put(VERSION_4).put(service).putShort((short) length).putInt(0);
    out.put(HOPS).put(protocol).putShort((short) 0);
  }

  private static void header6(ByteBuffer out, byte next, int payload) {
    out.putInt(VERSION_6).putShort((short) payload).put(next).put(HOPS);
  }

  private static void address6(ByteBuffer out, long high, long low) {
    out.putLong(high).putLong(low);
  }

  private static long sum(ByteBuffer of, int start, int bytes) {
    long sum = 0;
    for (int at = start; at < start + bytes; at += Short.BYTES) {
      sum += Short.toUnsignedInt(of.getShort(at));
    }
    return sum;
  }

  /** RFC 1071. */
  private static short checksum(long sum) {
    long folded = sum;
    while (folded >>> 16 != 0) {
      folded = (folded & 0xFFFF) + (folded >>> 16);
    }
    return (short) ~folded;
  }
}

package io.jvs.transport.udp;

import java.nio.ByteBuffer;

/**
 * What the kernel says about a datagram beside its payload, and what it is told about one that goes
 * out: cmsg(3). Used again for each datagram. On its loop only.
 */
final class Control {
  // levels and types of socket(7), ip(7), ipv6(7) and udp(7)
  private static final int SOL_SOCKET = 1;
  private static final int SO_RXQ_OVFL = 40;
  private static final int IPPROTO_IP = 0;
  private static final int IPPROTO_UDP = 17;
  private static final int IPPROTO_IPV6 = 41;
  private static final int IP_TOS = 1;
  private static final int IP_TTL = 2;
  private static final int IP_PKTINFO = 8;
  private static final int IP_RECVERR = 11;
  private static final int IP_ORIGDSTADDR = 20;
  private static final int IPV6_RECVERR = 25;
  private static final int IPV6_PKTINFO = 50;
  private static final int IPV6_HOPLIMIT = 52;
  private static final int IPV6_TCLASS = 67;
  private static final int IPV6_ORIGDSTADDR = 74;
  private static final int SO_EE_ORIGIN_LOCAL = 1;
  private static final int UDP_SEGMENT = 103;
  private static final int UDP_GRO = 104;

  private static final int HEAD = 16; // length 0 (8 bytes), level 8, type 12
  private static final int SEGMENT_BYTES = HEAD + 8; // it goes first

  /** Bytes of each of the datagrams that the kernel has joined; 0 if it is one. */
  int segment;

  /** Type of service or traffic class, as a whole byte. */
  int tos;

  /** Time to live or hop limit, or 0. */
  int ttl;

  /** Whether the next two are known: the local address. */
  boolean hasLocal;

  long localHigh;
  long localLow;

  /** Where the datagram was sent to before TPROXY took it, or 0. */
  int localPort;

  /**
   * Of an ICMP error that came back for a datagram (struct sock_extended_err); else 0. What the
   * system has against it has been said when it was to be sent.
   */
  int errno;

  void clear() {
    errno = 0;
    segment = 0;
    tos = 0;
    ttl = 0;
    hasLocal = false;
    localHigh = 0;
    localLow = 0;
    localPort = 0;
  }

  /** Whether something of it is for the datagram that goes on. */
  boolean isPassedOn() {
    return (segment | tos | ttl) != 0;
  }

  /** How many datagrams are in so many bytes. */
  int datagrams(int bytes) {
    return segment == 0 ? 1 : (bytes + segment - 1) / segment;
  }

  /**
   * What the socket has lost so far, modulo 2^32; the kernel says so once it has lost something.
   */
  static int overflow(ByteBuffer memory, int at, int length) {
    int end = at + length;
    while (at + HEAD <= end) {
      int bytes = (int) memory.getLong(at);
      if (bytes < HEAD || bytes > end - at) {
        return 0;
      }
      boolean whole = bytes >= HEAD + 4;
      if (whole && memory.getInt(at + 8) == SOL_SOCKET && memory.getInt(at + 12) == SO_RXQ_OVFL) {
        return memory.getInt(at + HEAD);
      }
      at += aligned(bytes);
    }
    return 0;
  }

  void read(ByteBuffer memory, int at, int length) {
    clear();
    int end = at + length;
    while (at + HEAD <= end) {
      int bytes = (int) memory.getLong(at);
      if (bytes < HEAD || bytes > end - at) {
        return;
      }
      int level = memory.getInt(at + 8);
      int type = memory.getInt(at + 12);
      if (bytes - HEAD >= leastBytes(level, type)) {
        readOne(memory, level, type, at + HEAD);
      }
      at += aligned(bytes);
    }
  }

  /** Of the data of one that is read. */
  private static int leastBytes(int level, int type) {
    if (level == IPPROTO_IP) {
      return switch (type) {
        case IP_TOS -> 1;
        case IP_PKTINFO -> 12;
        case IP_ORIGDSTADDR, IP_RECVERR -> 8;
        default -> 4;
      };
    }
    if (level == IPPROTO_IPV6) {
      return switch (type) {
        case IPV6_PKTINFO -> 20;
        case IPV6_ORIGDSTADDR -> 24;
        case IPV6_RECVERR -> 8;
        default -> 4;
      };
    }
    return 4;
  }

  private void readOne(ByteBuffer memory, int level, int type, int data) {
    if (level == IPPROTO_UDP && type == UDP_GRO) {
      segment = memory.getInt(data) & 0xFFFF; // of 16 bits in the kernel, too
    } else if (level == IPPROTO_IP && type == IP_TOS) {
      tos = Byte.toUnsignedInt(memory.get(data));
    } else if (level == IPPROTO_IPV6 && type == IPV6_TCLASS) {
      tos = memory.getInt(data);
    } else if ((level == IPPROTO_IP && type == IP_TTL)
        || (level == IPPROTO_IPV6 && type == IPV6_HOPLIMIT)) {
      ttl = memory.getInt(data);
    } else if ((level == IPPROTO_IP && type == IP_RECVERR)
        || (level == IPPROTO_IPV6 && type == IPV6_RECVERR)) {
      errno = memory.get(data + 4) == SO_EE_ORIGIN_LOCAL ? 0 : memory.getInt(data);
    } else if (level == IPPROTO_IP
        && type == IP_PKTINFO) { // device, address to answer from, header
      hasLocal = true;
      localLow = Integer.toUnsignedLong(NetworkOrder.of(memory.getInt(data + 4)));
    } else if (level == IPPROTO_IPV6 && type == IPV6_PKTINFO) { // address, device
      localIpv6(memory, data);
    } else if (level == IPPROTO_IP && type == IP_ORIGDSTADDR) { // struct sockaddr_in
      hasLocal = true;
      localPort = Short.toUnsignedInt(NetworkOrder.of(memory.getShort(data + 2)));
      localLow = Integer.toUnsignedLong(NetworkOrder.of(memory.getInt(data + 4)));
    } else if (level == IPPROTO_IPV6 && type == IPV6_ORIGDSTADDR) { // struct sockaddr_in6
      localIpv6(memory, data + 8);
      localPort = Short.toUnsignedInt(NetworkOrder.of(memory.getShort(data + 2)));
    }
  }

  /** What is mapped, at sockets that take both families, is IPv4. */
  private void localIpv6(ByteBuffer memory, int at) {
    hasLocal = true;
    localHigh = NetworkOrder.of(memory.getLong(at));
    localLow = NetworkOrder.of(memory.getLong(at + 8));
    if (SocketAddressMemory.isMapped(localHigh, localLow)) {
      localLow &= 0xFFFF_FFFFL;
    }
  }

  /** How many bytes it took, at most 112. */
  int write(ByteBuffer memory, int at, boolean ipv6) {
    int start = at;
    if (segment > 0) {
      memory.putShort(head(memory, at, 2, IPPROTO_UDP, UDP_SEGMENT), (short) segment);
      at += SEGMENT_BYTES;
    }
    if (tos != 0) {
      memory.putInt(
          ipv6
              ? head(memory, at, 4, IPPROTO_IPV6, IPV6_TCLASS)
              : head(memory, at, 4, IPPROTO_IP, IP_TOS),
          tos);
      at += HEAD + 8;
    }
    if (ttl != 0) {
      memory.putInt(
          ipv6
              ? head(memory, at, 4, IPPROTO_IPV6, IPV6_HOPLIMIT)
              : head(memory, at, 4, IPPROTO_IP, IP_TTL),
          ttl);
      at += HEAD + 8;
    }
    if (hasLocal && ipv6) {
      int data = head(memory, at, 20, IPPROTO_IPV6, IPV6_PKTINFO);
      memory.putLong(data, NetworkOrder.of(localHigh));
      memory.putLong(data + 8, NetworkOrder.of(localLow));
      memory.putInt(data + 16, 0);
      at += HEAD + 24;
    } else if (hasLocal) {
      int data = head(memory, at, 12, IPPROTO_IP, IP_PKTINFO);
      memory.putInt(data, 0);
      memory.putInt(data + 4, NetworkOrder.of((int) localLow));
      memory.putInt(data + 8, 0);
      at += HEAD + 16;
    }
    return at - start;
  }

  /** Of what {@link #write} has made: bytes of each datagram of a train, else 0. */
  static int segment(ByteBuffer memory, int at, int length) {
    return startsWithSegment(memory, at, length)
        ? Short.toUnsignedInt(memory.getShort(at + HEAD))
        : 0;
  }

  /** Copies what {@link #write} has made, but not that it is a train; how many bytes are left. */
  static int withoutSegment(ByteBuffer memory, int from, int length, int to) {
    int skipped = startsWithSegment(memory, from, length) ? SEGMENT_BYTES : 0;
    for (int at = skipped; at < length; at += Long.BYTES) {
      memory.putLong(to + at - skipped, memory.getLong(from + at));
    }
    return length - skipped;
  }

  private static boolean startsWithSegment(ByteBuffer memory, int at, int length) {
    return length >= SEGMENT_BYTES
        && memory.getInt(at + 8) == IPPROTO_UDP
        && memory.getInt(at + 12) == UDP_SEGMENT;
  }

  /** Where its data go. */
  private static int head(ByteBuffer memory, int at, int bytes, int level, int type) {
    memory.putLong(at, HEAD + bytes);
    memory.putInt(at + 8, level);
    memory.putInt(at + 12, type);
    return at + HEAD;
  }

  private static int aligned(int bytes) {
    return (bytes + 7) & ~7;
  }
}

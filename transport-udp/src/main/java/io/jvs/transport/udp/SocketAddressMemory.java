package io.jvs.transport.udp;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;

/**
 * Addresses as the kernel has them: struct sockaddr_in of ip(7) and sockaddr_in6 of ipv6(7), at a
 * place of memory in the byte order of the machine. As bits they are as in {@link
 * io.jvs.model.Flow}: an IPv6 address in two longs, an IPv4 address in the low 32 bits of the lower
 * one.
 */
final class SocketAddressMemory {
  /** Bytes of either, and a few that are not used. */
  static final int BYTES = 32;

  private static final short AF_INET = 2;
  private static final short AF_INET6 = 10;
  private static final int IPV4_BYTES = 16; // family, port, address
  private static final int IPV6_BYTES = 28; // family, port, flow, address, scope

  // Where things are; the port is behind the family.
  private static final int PORT = 2;
  private static final int IPV4 = 4;
  private static final int FLOW = 4;
  private static final int HIGH = 8;
  private static final int LOW = 16;
  private static final int SCOPE = 24;

  /** Before the bits of IPv4 in an IPv6 address (RFC 4291, 2.5.5.2). */
  private static final int MAPPED = 0xFFFF;

  private SocketAddressMemory() {}

  static int bytes(boolean ipv6) {
    return ipv6 ? IPV6_BYTES : IPV4_BYTES;
  }

  static boolean isIpv6(ByteBuffer memory, int at) {
    return memory.getShort(at) == AF_INET6;
  }

  static int port(ByteBuffer memory, int at) {
    return Short.toUnsignedInt(NetworkOrder.of(memory.getShort(at + PORT)));
  }

  static long high(ByteBuffer memory, int at) {
    return isIpv6(memory, at) ? NetworkOrder.of(memory.getLong(at + HIGH)) : 0;
  }

  static long low(ByteBuffer memory, int at) {
    return isIpv6(memory, at)
        ? NetworkOrder.of(memory.getLong(at + LOW))
        : Integer.toUnsignedLong(NetworkOrder.of(memory.getInt(at + IPV4)));
  }

  /** The network device of a link-local IPv6 address, else 0. */
  static int scope(ByteBuffer memory, int at) {
    return isIpv6(memory, at) ? memory.getInt(at + SCOPE) : 0;
  }

  static InetSocketAddress read(ByteBuffer memory, int at) {
    return of(
        isIpv6(memory, at), high(memory, at), low(memory, at), scope(memory, at), port(memory, at));
  }

  static void write(
      ByteBuffer memory, int at, boolean ipv6, long high, long low, int scope, int port) {
    memory.putShort(at, ipv6 ? AF_INET6 : AF_INET);
    memory.putShort(at + PORT, NetworkOrder.of((short) port));
    if (ipv6) {
      memory.putInt(at + FLOW, 0);
      memory.putLong(at + HIGH, NetworkOrder.of(high));
      memory.putLong(at + LOW, NetworkOrder.of(low));
      memory.putInt(at + SCOPE, scope);
    } else {
      memory.putInt(at + IPV4, NetworkOrder.of((int) low));
      memory.putLong(at + HIGH, 0); // of nothing
    }
  }

  /** Whether two of them are the same address, port and device. */
  static boolean same(ByteBuffer memory, int a, int b) {
    if (memory.getLong(a) != memory.getLong(b)) { // family, port, IPv4 address or flow
      return false;
    }
    return !isIpv6(memory, a)
        || (memory.getLong(a + HIGH) == memory.getLong(b + HIGH)
            && memory.getLong(a + LOW) == memory.getLong(b + LOW)
            && memory.getInt(a + SCOPE) == memory.getInt(b + SCOPE));
  }

  /** An IPv4 address that is mapped to IPv6 becomes IPv4 again. */
  static void unmap(ByteBuffer memory, int at) {
    if (isIpv6(memory, at)
        && memory.getLong(at + HIGH) == 0
        && memory.getInt(at + LOW) == NetworkOrder.of(MAPPED)) {
      memory.putShort(at, AF_INET);
      memory.putInt(at + IPV4, memory.getInt(at + LOW + 4));
      memory.putLong(at + HIGH, 0);
    }
  }

  // Without memory.

  static boolean isMapped(long high, long low) {
    return high == 0 && low >>> 32 == MAPPED;
  }

  static InetSocketAddress of(boolean ipv6, long high, long low, int scope, int port) {
    try {
      InetAddress ip;
      if (ipv6) {
        byte[] bits = ByteBuffer.allocate(16).putLong(high).putLong(low).array();
        ip = Inet6Address.getByAddress(null, bits, scope == 0 ? -1 : scope);
      } else {
        ip = InetAddress.getByAddress(ByteBuffer.allocate(4).putInt((int) low).array());
      }
      return new InetSocketAddress(ip, port);
    } catch (UnknownHostException e) {
      throw new AssertionError("4 or 16 bytes are an address", e);
    }
  }

  /** Without scope; IPv4 if it is mapped. */
  static InetSocketAddress plain(boolean ipv6, long high, long low, int port) {
    return ipv6 && isMapped(high, low)
        ? of(false, 0, low & 0xFFFF_FFFFL, 0, port)
        : of(ipv6, high, low, 0, port);
  }
}

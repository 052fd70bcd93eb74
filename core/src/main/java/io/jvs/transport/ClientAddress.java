package io.jvs.transport;

import io.jvs.model.SocketAddresses;
import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * An IP address as bits: IPv4 in the low 32. An IPv4 address in IPv6 form (RFC 4291 section
 * 2.5.5.2) is the IPv4 address.
 */
record ClientAddress(boolean ipv6, long high, long low) {
  private static final long MAPPED = 0xFFFF_0000_0000L;

  static ClientAddress of(InetAddress address) {
    byte[] bytes = address.getAddress();
    if (bytes.length == 4) {
      return new ClientAddress(false, 0, read(bytes, 0, 4));
    }
    long high = read(bytes, 0, 8);
    long low = read(bytes, 8, 16);
    return isMapped(high, low)
        ? new ClientAddress(false, 0, low & 0xFFFF_FFFFL)
        : new ClientAddress(true, high, low);
  }

  /** Whether those 128 bits are an IPv4 address in IPv6 form. */
  static boolean isMapped(long high, long low) {
    return high == 0 && (low & ~0xFFFF_FFFFL) == MAPPED;
  }

  /** What one subscriber has: the IPv4 address, or the IPv6 network of 64 bits. */
  long subscriber() {
    return ipv6 ? high : low;
  }

  /** {@code 203.0.113.7} or {@code 2001:db8:0:1::/64}. */
  String subscriberText() {
    byte[] bytes = new byte[ipv6 ? 16 : 4];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (ipv6 ? (i < 8 ? high >>> (56 - 8 * i) : 0) : low >>> (24 - 8 * i));
    }
    try {
      String text = SocketAddresses.format(InetAddress.getByAddress(bytes));
      return ipv6 ? text + "/64" : text;
    } catch (UnknownHostException e) {
      throw new AssertionError("4 or 16 bytes are an address", e);
    }
  }

  private static long read(byte[] bytes, int from, int to) {
    long bits = 0;
    for (int i = from; i < to; i++) {
      bits = (bits << 8) | (bytes[i] & 0xFF);
    }
    return bits;
  }
}

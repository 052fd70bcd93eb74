package io.jvs.kernel.ipvs;

import io.jvs.model.SocketAddresses;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * Addresses as ipvsadm(8) prints them, which is as inet_ntop(3) does: RFC 5952, but with the last
 * four bytes of {@code ::/96} as an IPv4 address.
 */
final class AddressText {
  private AddressText() {}

  /** {@code 10.0.0.1:80}, {@code [fd00::1]:80}. */
  static String of(InetSocketAddress address) {
    return of(address.getAddress(), address.getPort());
  }

  static String of(InetAddress ip, int port) {
    String text = of(ip);
    return (ip instanceof Inet6Address ? "[" + text + "]" : text) + ":" + port;
  }

  static String of(InetAddress ip) {
    byte[] bytes = ip.getAddress();
    if (bytes.length == 16 && isIpv4Compatible(bytes)) {
      return "::" + quad(word(bytes, 12));
    }
    String text = SocketAddresses.format(ip);
    int scope = text.indexOf('%');
    return scope < 0 ? text : text.substring(0, scope);
  }

  /** A mask or address of IPv4, from the first bit on. */
  static String quad(int bits) {
    return (bits >>> 24)
        + "."
        + (bits >> 16 & 0xff)
        + "."
        + (bits >> 8 & 0xff)
        + "."
        + (bits & 0xff);
  }

  /** Big-endian. */
  static int word(byte[] bytes, int at) {
    return (bytes[at] & 0xff) << 24
        | (bytes[at + 1] & 0xff) << 16
        | (bytes[at + 2] & 0xff) << 8
        | (bytes[at + 3] & 0xff);
  }

  /** Six groups of zeros, and the seventh is none. */
  private static boolean isIpv4Compatible(byte[] bytes) {
    return word(bytes, 0) == 0
        && word(bytes, 4) == 0
        && word(bytes, 8) == 0
        && word(bytes, 12) >>> 16 != 0;
  }
}

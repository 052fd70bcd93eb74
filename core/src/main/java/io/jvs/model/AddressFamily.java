package io.jvs.model;

import java.net.Inet6Address;
import java.net.InetAddress;

/** IPv4 or IPv6. */
public enum AddressFamily {
  IPV4("IPv4", 32),
  IPV6("IPv6", 128);

  private final String text;
  private final int bits;

  AddressFamily(String text, int bits) {
    this.text = text;
    this.bits = bits;
  }

  /** The family of an address. An IPv4-mapped IPv6 address is IPv4, as everywhere in the JDK. */
  public static AddressFamily of(InetAddress address) {
    return address instanceof Inet6Address ? IPV6 : IPV4;
  }

  /** Length of an address in bits: 32 or 128. */
  public int bits() {
    return bits;
  }

  @Override
  public String toString() {
    return text;
  }
}

package io.jvs.proxyprotocol;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;

/** The two ends of the connection that a PROXY header speaks of. */
public sealed interface Endpoints {
  /** Those of the connection that carries the header: command LOCAL of version 2. */
  enum Local implements Endpoints {
    INSTANCE
  }

  /** The sender knows of none, or of none that has a number in the protocol. */
  enum Unknown implements Endpoints {
    INSTANCE
  }

  /**
   * Of IPv4 or IPv6, both of the same.
   *
   * @param datagram UDP and the like instead of TCP and the like
   */
  record Inet(boolean datagram, InetSocketAddress source, InetSocketAddress destination)
      implements Endpoints {
    public Inet {
      if (source.isUnresolved()
          || destination.isUnresolved()
          || source.getAddress().getAddress().length
              != destination.getAddress().getAddress().length) {
        throw new IllegalArgumentException(
            source + " to " + destination + " (expected: two IP addresses of one family)");
      }
    }

    /** Of one family, whatever those given are of: IPv4 as IPv6 if need be (RFC 4291, 2.5.5.2). */
    public static Inet of(
        boolean datagram, InetSocketAddress source, InetSocketAddress destination) {
      boolean ipv6 =
          source.getAddress() instanceof Inet6Address
              || destination.getAddress() instanceof Inet6Address;
      return ipv6
          ? new Inet(datagram, toIpv6(source), toIpv6(destination))
          : new Inet(datagram, source, destination);
    }

    boolean isIpv6() {
      return source.getAddress() instanceof Inet6Address;
    }

    private static InetSocketAddress toIpv6(InetSocketAddress address) {
      return address.getAddress() instanceof Inet4Address ip
          ? new InetSocketAddress(ipv6(mapped(ip)), address.getPort())
          : address;
    }

    private static byte[] mapped(Inet4Address ip) {
      byte[] bits = new byte[16];
      bits[10] = (byte) 0xFF;
      bits[11] = (byte) 0xFF;
      System.arraycopy(ip.getAddress(), 0, bits, 12, 4);
      return bits;
    }

    static InetAddress ipv6(byte[] bits) {
      try {
        return Inet6Address.getByAddress(null, bits, -1); // the other one makes IPv4 of some
      } catch (UnknownHostException e) {
        throw new AssertionError("16 bytes are an address", e);
      }
    }

    /** As the text says, even if that is an IPv4 address in the clothes of IPv6. */
    static InetAddress asIpv6(InetAddress parsed) {
      return parsed instanceof Inet4Address ip ? ipv6(mapped(ip)) : parsed;
    }
  }

  /**
   * Names of Unix domain sockets.
   *
   * @param source up to 108 bytes, one for each character; without the zero bytes at its end
   */
  record Unix(boolean datagram, String source, String destination) implements Endpoints {
    static final int NAME_BYTES = 108; // sockaddr_un(7), and all of it

    public Unix {
      check(source);
      check(destination);
    }

    private static void check(String name) {
      if (name.length() > NAME_BYTES
          || name.endsWith("\0")
          || !StandardCharsets.ISO_8859_1.newEncoder().canEncode(name)) {
        throw new IllegalArgumentException(
            "Unix socket '" + name + "' (expected: up to 108 bytes, the last not zero)");
      }
    }
  }
}

package io.jvs.proxyprotocol;

import io.jvs.model.SocketAddresses;
import io.jvs.proxyprotocol.Reading.Complete;
import io.jvs.proxyprotocol.Reading.Incomplete;
import io.jvs.proxyprotocol.Reading.Malformed;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The line of text: {@code PROXY TCP4 192.0.2.7 198.51.100.1 4711 443} and CRLF, section 2.1. With
 * {@code UNKNOWN} the rest of the line does not count.
 */
final class Version1 {
  static final byte[] START = "PROXY ".getBytes(StandardCharsets.US_ASCII);

  /** With CRLF: the longest line that UNKNOWN may make of two IPv6 addresses. */
  private static final int MAX_BYTES = 107;

  private static final Pattern PORT = Pattern.compile("0|[1-9]\\d{0,4}");

  /** What can be an IPv6 address, and cannot be a name, for which a server would be asked. */
  private static final Pattern IPV6 = Pattern.compile("(?=[^:]*:)[0-9A-Fa-f:][0-9A-Fa-f:.]{1,44}");

  private Version1() {}

  static Reading read(ByteBuffer bytes) {
    int length = Math.min(bytes.limit(), MAX_BYTES);
    for (int i = START.length; i < length; i++) {
      if (bytes.get(i) == '\n') {
        return bytes.get(i - 1) == '\r'
            ? line(bytes, i - 1)
            : malformed(bytes, "a line that ends with CR and LF");
      }
      if (bytes.get(i - 1) == '\r') {
        return malformed(bytes, "LF after CR");
      }
    }
    return length < MAX_BYTES
        ? Incomplete.INSTANCE
        : malformed(bytes, "CR and LF within " + MAX_BYTES + " bytes");
  }

  private static Reading line(ByteBuffer bytes, int length) {
    byte[] ascii = new byte[length];
    bytes.get(0, ascii);
    String line = new String(ascii, StandardCharsets.ISO_8859_1);
    String[] words = line.split(" ", -1);
    int end = length + 2;
    if (words[1].equals("UNKNOWN")) {
      return new Complete(new Header(Endpoints.Unknown.INSTANCE, List.of()), end);
    }
    if (words.length != 6 || !(words[1].equals("TCP4") || words[1].equals("TCP6"))) {
      return malformed(bytes, "PROXY TCP4 or TCP6, two addresses and two ports, or UNKNOWN");
    }
    boolean ipv6 = words[1].equals("TCP6");
    InetSocketAddress source = address(words[2], words[4], ipv6);
    InetSocketAddress destination = address(words[3], words[5], ipv6);
    if (source == null || destination == null) {
      return malformed(bytes, "two addresses of " + words[1] + " and two ports");
    }
    Endpoints.Inet endpoints = new Endpoints.Inet(false, source, destination);
    return new Complete(new Header(endpoints, List.of()), end);
  }

  private static @Nullable InetSocketAddress address(String ip, String port, boolean ipv6) {
    if (!PORT.matcher(port).matches() || Integer.parseInt(port) > 65_535) {
      return null;
    }
    if (ipv6 ? !IPV6.matcher(ip).matches() : ip.indexOf(':') >= 0) {
      return null;
    }
    try {
      InetAddress parsed = SocketAddresses.parseIp(ip);
      return new InetSocketAddress(
          ipv6 ? Endpoints.Inet.asIpv6(parsed) : parsed, Integer.parseInt(port));
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private static Malformed malformed(ByteBuffer bytes, String expected) {
    return new Malformed(
        "PROXY header '" + Printable.start(bytes) + "' (expected: " + expected + ")");
  }

  static ByteBuffer write(Header header) {
    String line = "PROXY UNKNOWN";
    if (header.endpoints() instanceof Endpoints.Inet inet && !inet.datagram()) {
      line =
          "PROXY TCP%s %s %s %d %d"
              .formatted(
                  inet.isIpv6() ? 6 : 4,
                  text(inet.source()),
                  text(inet.destination()),
                  inet.source().getPort(),
                  inet.destination().getPort());
    }
    return ByteBuffer.wrap((line + "\r\n").getBytes(StandardCharsets.US_ASCII));
  }

  /** A scope, which says something on one machine only, is left out. */
  private static String text(InetSocketAddress address) {
    String ip = SocketAddresses.format(address.getAddress());
    int scope = ip.indexOf('%');
    return scope < 0 ? ip : ip.substring(0, scope);
  }
}

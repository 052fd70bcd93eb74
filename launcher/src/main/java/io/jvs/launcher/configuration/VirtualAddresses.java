package io.jvs.launcher.configuration;

import io.jvs.model.AddressFamily;
import io.jvs.model.PortRange;
import io.jvs.model.Protocol;
import io.jvs.model.SocketAddresses;
import io.jvs.model.VirtualAddress;
import java.net.InetAddress;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Virtual addresses as text, in the form in which they print themselves. */
final class VirtualAddresses {
  static final String EXPECTED =
      "a protocol, an IP address and a port, such as 'tcp 192.0.2.10:80' or 'udp"
          + " [2001:db8::1]:53', or 'fwmark 7 IPv4'";

  private static final Pattern ENDPOINT =
      Pattern.compile("(\\S+) +(?:\\[([^\\]]*)\\]|([^\\s:]+)):(\\d{1,5})(?:-(\\d{1,5}))?");
  private static final Pattern FIREWALL_MARK =
      Pattern.compile("fwmark +(\\d{1,10})(?: +(IPv4|IPv6))?");

  private VirtualAddresses() {}

  /**
   * Reads {@code PROTOCOL IP:PORT}, with a range of ports or 0 for all, or {@code fwmark MARK
   * FAMILY}.
   *
   * @throws IllegalArgumentException if it is none of these
   */
  static VirtualAddress parse(String text) {
    Matcher mark = FIREWALL_MARK.matcher(text);
    if (mark.matches()) {
      boolean six = "IPv6".equals(mark.group(2));
      return VirtualAddress.firewallMark(
          Long.parseLong(mark.group(1)), six ? AddressFamily.IPV6 : AddressFamily.IPV4);
    }
    if (text.equals(VirtualAddress.none().toString())) {
      throw new IllegalArgumentException(
          "'in-process' (expected: "
              + EXPECTED
              + "; services without an address are for programs that use JVS as a library)");
    }
    Matcher endpoint = ENDPOINT.matcher(text);
    if (!endpoint.matches()) {
      throw new IllegalArgumentException("'" + text + "' (expected: " + EXPECTED + ")");
    }
    Protocol protocol =
        protocol(endpoint.group(1))
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "'"
                            + text
                            + "': protocol '"
                            + endpoint.group(1)
                            + "' (expected: tcp, udp or sctp)"));
    String six = endpoint.group(2);
    InetAddress ip = SocketAddresses.parseIp(six == null ? endpoint.group(3) : six);
    int first = Integer.parseInt(endpoint.group(4));
    int last = endpoint.group(5) == null ? first : Integer.parseInt(endpoint.group(5));
    if (first == last && first > 65_535) {
      throw new IllegalArgumentException("port " + first + " (expected: 1 to 65535, or 0 for all)");
    }
    return new VirtualAddress.Endpoint(protocol, ip, new PortRange(first, last));
  }

  private static Optional<Protocol> protocol(String text) {
    for (Protocol protocol : Protocol.values()) {
      if (protocol.name().toLowerCase(Locale.ROOT).equals(text)) {
        return Optional.of(protocol);
      }
    }
    return Optional.empty();
  }
}

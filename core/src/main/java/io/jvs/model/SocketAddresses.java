package io.jvs.model;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;

/**
 * Addresses as text and back: {@code 192.0.2.1:80}, {@code [2001:db8::1]:80} (RFC 5952), {@code
 * db.example:5432}. Parsing never asks a name server: a host name stays unresolved.
 */
public final class SocketAddresses {
  private static final Pattern IPV4 =
      Pattern.compile("(?:(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)(?:\\.|$)){4}(?<!\\.)");

  /** RFC 1123 section 2.1: labels of letters, digits and inner hyphens, 253 characters in all. */
  private static final Pattern HOST_NAME =
      Pattern.compile(
          "(?=.{1,253}$)(?!\\d+(?:\\.\\d+)*$)"
              + "[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9])?"
              + "(?:\\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*");

  private SocketAddresses() {}

  /**
   * Reads {@code HOST:PORT}, where the host is an IPv4 address, an IPv6 address in brackets, or a
   * host name, which stays unresolved.
   *
   * @throws IllegalArgumentException if it is none of these, or the port is not in 0 to 65535
   */
  public static InetSocketAddress parse(String text) {
    int colon = text.lastIndexOf(':');
    boolean bracketed = text.startsWith("[") && colon > 0 && text.charAt(colon - 1) == ']';
    if (colon < 0 || (!bracketed && text.indexOf(':') != colon)) {
      throw new IllegalArgumentException(
          "address '"
              + text
              + "' (expected: HOST:PORT, with an IPv6 address in brackets:"
              + " 192.0.2.1:80, [2001:db8::1]:80 or name.example:80)");
    }
    int port = parsePort(text, text.substring(colon + 1));
    String host = bracketed ? text.substring(1, colon - 1) : text.substring(0, colon);
    if (bracketed || IPV4.matcher(host).matches()) {
      return new InetSocketAddress(parseIp(host), port);
    }
    if (!HOST_NAME.matcher(host).matches()) {
      throw new IllegalArgumentException(
          "address '" + text + "': '" + host + "' is neither an IP address nor a host name");
    }
    return InetSocketAddress.createUnresolved(host, port);
  }

  /**
   * Reads an IPv4 or IPv6 address, without brackets.
   *
   * @throws IllegalArgumentException if it is anything else, such as a host name
   */
  public static InetAddress parseIp(String text) {
    if (IPV4.matcher(text).matches() || text.indexOf(':') >= 0) {
      try {
        return InetAddress.getByName(text); // a literal, so nobody is asked
      } catch (UnknownHostException e) {
        throw new IllegalArgumentException("IP address '" + text + "': " + e.getMessage(), e);
      }
    }
    throw new IllegalArgumentException(
        "IP address '" + text + "' (expected: an address such as 192.0.2.1 or 2001:db8::1)");
  }

  /** Writes {@code HOST:PORT} so that {@link #parse} reads it again. */
  public static String format(InetSocketAddress address) {
    InetAddress ip = address.getAddress();
    String host =
        ip == null
            ? address.getHostString()
            : ip instanceof Inet6Address ? "[" + format(ip) + "]" : format(ip);
    return host + ":" + address.getPort();
  }

  /** Writes an address without brackets; IPv6 in the short form of RFC 5952. */
  public static String format(InetAddress address) {
    String text = address.getHostAddress();
    return address instanceof Inet6Address ? compress(text) : text;
  }

  /** RFC 5952 section 4.2: the longest run of two or more zero groups, the first of equals. */
  private static String compress(String full) {
    int percent = full.indexOf('%');
    String scope = percent < 0 ? "" : full.substring(percent);
    String[] groups = (percent < 0 ? full : full.substring(0, percent)).split(":", -1);
    int runStart = -1;
    int runLength = 1;
    for (int i = 0; i < groups.length; i++) {
      int end = i;
      while (end < groups.length && groups[end].equals("0")) {
        end++;
      }
      if (end - i > runLength) {
        runStart = i;
        runLength = end - i;
      }
      i = Math.max(i, end);
    }
    if (runStart < 0) {
      return full;
    }
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < runStart; i++) {
      out.append(i == 0 ? "" : ":").append(groups[i]);
    }
    out.append("::");
    for (int i = runStart + runLength; i < groups.length; i++) {
      out.append(i == runStart + runLength ? "" : ":").append(groups[i]);
    }
    return out.append(scope).toString();
  }

  private static int parsePort(String text, String port) {
    if (!port.isEmpty() && port.length() <= 5 && port.chars().allMatch(c -> c >= '0' && c <= '9')) {
      int number = Integer.parseInt(port);
      if (number <= 65_535) {
        return number;
      }
    }
    throw new IllegalArgumentException(
        "address '" + text + "': port '" + port + "' (expected: 0 to 65535)");
  }
}

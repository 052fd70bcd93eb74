package io.jvs.model;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * Where a check goes to, and from where.
 *
 * @param host another IP address or host name than the real server's, or null for the server's
 * @param port another port than the real server's, 1 to 65535, or 0 for the server's
 * @param bind the local address to check from, or null for what the system chooses
 * @param proxyVersion 1 or 2 if each TCP connection of the check, or with 2 each datagram, begins
 *     with a PROXY header of that version, which says that its sender speaks for itself; 0 for none
 */
public record CheckTarget(
    @Nullable String host, int port, @Nullable InetAddress bind, int proxyVersion) {
  /** The real server itself. */
  public static final CheckTarget SERVER = new CheckTarget(null, 0, null);

  public CheckTarget {
    if (host != null && host.isBlank()) {
      throw new IllegalArgumentException(
          "check target host '" + host + "' (expected: an IP address or a host name)");
    }
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException(
          "check target port " + port + " (expected: 1 to 65535, or 0 for the server's)");
    }
    if (proxyVersion < 0 || proxyVersion > 2) {
      throw new IllegalArgumentException(
          "check target PROXY version " + proxyVersion + " (expected: 1 or 2, or 0 for none)");
    }
  }

  /** Without a PROXY header. */
  public CheckTarget(@Nullable String host, int port, @Nullable InetAddress bind) {
    this(host, port, bind, 0);
  }

  /** The same with such a PROXY header, for servers that take no connection without one. */
  public CheckTarget withProxyVersion(int version) {
    return new CheckTarget(host, port, bind, version);
  }

  /** The same host at another port. */
  public static CheckTarget port(int port) {
    return new CheckTarget(null, port, null);
  }

  /**
   * Empty for the server itself; else {@code to 10.0.0.9 port 81 from 10.0.0.1 with PROXY v2},
   * shorter if it can.
   */
  @Override
  public String toString() {
    StringBuilder out = new StringBuilder();
    if (host != null) {
      out.append("to ").append(host);
    }
    if (port != 0) {
      out.append(host == null ? "to port " : " port ").append(port);
    }
    if (bind != null) {
      out.append(out.length() == 0 ? "" : " ").append("from ").append(bind.getHostAddress());
    }
    if (proxyVersion != 0) {
      out.append(out.length() == 0 ? "" : " ").append("with PROXY v").append(proxyVersion);
    }
    return out.toString();
  }
}

package io.jvs.model;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * Where a check goes to, and from where.
 *
 * @param host another IP address or host name than the real server's, or null for the server's
 * @param port another port than the real server's, 1 to 65535, or 0 for the server's
 * @param bind the local address to check from, or null for what the system chooses
 */
public record CheckTarget(@Nullable String host, int port, @Nullable InetAddress bind) {
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
  }

  /** The same host at another port. */
  public static CheckTarget port(int port) {
    return new CheckTarget(null, port, null);
  }

  /** Empty for the server itself; else {@code to 10.0.0.9:81 from 10.0.0.1}, shorter if it can. */
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
    return out.toString();
  }
}

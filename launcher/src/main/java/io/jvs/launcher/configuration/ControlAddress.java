package io.jvs.launcher.configuration;

import io.jvs.model.SocketAddresses;
import java.net.InetSocketAddress;
import java.nio.file.Path;

/** Where a running director answers {@code jvs status} and its like. */
public sealed interface ControlAddress {

  /** A Unix domain socket, for its owner only. */
  record UnixSocket(Path path) implements ControlAddress {
    @Override
    public String toString() {
      return path.toString();
    }
  }

  /** A TCP port of this machine, for everybody on it; it answers questions and changes nothing. */
  record Loopback(InetSocketAddress address) implements ControlAddress {
    @Override
    public String toString() {
      return SocketAddresses.format(address);
    }
  }

  /**
   * Reads a path or a loopback address and port.
   *
   * @param base what a relative path starts from
   * @throws IllegalArgumentException if it is an address that others could reach
   */
  static ControlAddress parse(String text, Path base) {
    if (text.contains("/") || text.endsWith(".sock")) {
      return new UnixSocket(base.resolve(text).normalize());
    }
    InetSocketAddress address = SocketAddresses.parse(text);
    if (address.isUnresolved() || !address.getAddress().isLoopbackAddress()) {
      throw new IllegalArgumentException(
          "'"
              + text
              + "' (expected: a path, or a loopback address such as 127.0.0.1:7700; who reaches it"
              + " needs no password)");
    }
    return new Loopback(address);
  }
}

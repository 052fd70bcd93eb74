package io.jvs.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;

/**
 * A TCP port of 127.0.0.1 that refuses connections for as long as this is open: it is taken, so
 * that no other process can listen there meanwhile, and nobody listens.
 */
public final class ClosedPort implements AutoCloseable {
  private final Socket socket = new Socket();

  /** Takes a port. */
  public ClosedPort() {
    try {
      socket.bind(new InetSocketAddress(FreeAddresses.ip("127.0.0.1"), 0));
    } catch (IOException e) {
      throw new UncheckedIOException("no free TCP port", e);
    }
  }

  public InetSocketAddress address() {
    return (InetSocketAddress) socket.getLocalSocketAddress();
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

package io.jvs.transport.tcp;

import io.jvs.model.RealServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;

/** A server to which connecting takes for ever: its backlog is full and nobody accepts. */
final class Blackhole implements AutoCloseable {
  private final ServerSocket listening;
  private final List<Socket> waiting = new ArrayList<>();

  Blackhole() throws IOException {
    listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    while (true) {
      Socket socket = new Socket();
      waiting.add(socket);
      try {
        socket.connect(address(), 300);
      } catch (SocketTimeoutException e) {
        return; // full
      }
    }
  }

  InetSocketAddress address() {
    return new InetSocketAddress(listening.getInetAddress(), listening.getLocalPort());
  }

  RealServer realServer() {
    return RealServer.of(address());
  }

  @Override
  public void close() throws IOException {
    for (Socket socket : waiting) {
      socket.close();
    }
    listening.close();
  }
}

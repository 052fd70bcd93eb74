package io.jvs.launcher;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;

/** A real server that says its name first, and then what it hears. */
final class EchoServer implements AutoCloseable {
  private final String name;
  private final ServerSocket listener;

  EchoServer(String name) throws IOException {
    this.name = name;
    this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    start(this::accept);
  }

  String address() {
    return "127.0.0.1:" + listener.getLocalPort();
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        start(() -> serve(client));
      } catch (SocketException e) {
        return; // closed
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }
  }

  private void serve(Socket client) {
    try (client) {
      OutputStream out = client.getOutputStream();
      out.write(name.getBytes(StandardCharsets.US_ASCII));
      InputStream in = client.getInputStream();
      in.transferTo(out);
    } catch (IOException e) {
      // The client is gone; that is its right.
    }
  }

  private static void start(Runnable task) {
    Thread thread = new Thread(task, "echo-server");
    thread.setDaemon(true);
    thread.start();
  }
}

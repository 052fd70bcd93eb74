package io.jvs.kernel.ipvs;

import io.jvs.model.SocketAddresses;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A real server of a test: answers each byte with the byte that is its name, and {@code d} with a
 * download of {@link #DOWNLOAD} bytes.
 */
final class NamedServer implements AutoCloseable {
  static final int DOWNLOAD = 16 << 20; // more than fits into all buffers on the way

  private final ServerSocket listener;
  private final char name;
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();

  NamedServer(char name, String address) throws IOException {
    this.name = name;
    InetSocketAddress where = SocketAddresses.parse(address);
    this.listener = new ServerSocket(where.getPort(), 50, where.getAddress());
    start(this::accept);
  }

  private static void start(Runnable task) {
    Thread thread = new Thread(task, "named-server");
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = listener.accept();
        sockets.add(socket);
        start(() -> answer(socket));
      }
    } catch (IOException e) {
      return; // closed
    }
  }

  private void answer(Socket socket) {
    try (socket) {
      InputStream in = socket.getInputStream();
      OutputStream out = socket.getOutputStream();
      for (int question = in.read(); question >= 0; question = in.read()) {
        if (question == 'd') {
          byte[] chunk = new byte[64 << 10];
          for (int sent = 0; sent < DOWNLOAD; sent += chunk.length) {
            out.write(chunk);
          }
        } else {
          out.write(name);
        }
      }
    } catch (IOException e) {
      return; // the client's affair
    }
  }

  /** The name of who answers on this connection. */
  static String ask(Socket socket) throws IOException {
    socket.setSoTimeout(10_000);
    socket.getOutputStream().write("?".getBytes(StandardCharsets.US_ASCII));
    int answer = socket.getInputStream().read();
    return answer < 0 ? "end" : String.valueOf((char) answer);
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket each : sockets) {
      each.close();
    }
  }
}

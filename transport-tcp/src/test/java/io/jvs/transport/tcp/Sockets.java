package io.jvs.transport.tcp;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Small things to do with blocking sockets on loopback. */
final class Sockets {
  static final Duration PATIENCE = Duration.ofSeconds(20);

  private Sockets() {}

  /** A port that was free a moment ago. */
  static InetSocketAddress freeAddress() {
    return freeAddress(InetAddress.getLoopbackAddress());
  }

  static InetSocketAddress freeAddress(InetAddress ip) {
    try (ServerSocket socket = new ServerSocket(0, 1, ip)) {
      return new InetSocketAddress(ip, socket.getLocalPort());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A client that waits for nothing for ever. */
  static Socket connect(InetSocketAddress address) throws IOException {
    Socket socket = new Socket();
    socket.setSoTimeout((int) PATIENCE.toMillis());
    try {
      socket.connect(address, (int) PATIENCE.toMillis());
    } catch (IOException e) {
      socket.close();
      throw e;
    }
    return socket;
  }

  static void send(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
  }

  static String receive(Socket socket, int bytes) throws IOException {
    return new String(socket.getInputStream().readNBytes(bytes), StandardCharsets.US_ASCII);
  }

  /** Sends a text to an echo server and gets it back, or throws. */
  static void ping(Socket socket) throws IOException {
    send(socket, "ping");
    String answer = receive(socket, 4);
    if (!answer.equals("ping")) {
      throw new IOException("answer '" + answer + "'");
    }
  }

  /** {@code eof} or {@code reset}: how the other side ends it; what comes before is dropped. */
  static String ending(Socket socket) {
    try {
      InputStream in = socket.getInputStream();
      in.skipNBytes(Long.MAX_VALUE);
      return "endless";
    } catch (EOFException e) {
      return "eof";
    } catch (SocketTimeoutException e) {
      return "nothing within " + PATIENCE;
    } catch (IOException e) {
      return String.valueOf(e.getMessage()).contains("reset") ? "reset" : e.toString();
    }
  }

  /** As {@link #ending} of a new client; {@code refused} if nobody listens. */
  static String endOfNewClient(InetSocketAddress address) throws IOException {
    try (Socket client = connect(address)) {
      return ending(client);
    } catch (SocketException e) { // a reset may come before connect returns
      String message = String.valueOf(e.getMessage());
      return message.contains("reset")
          ? "reset"
          : message.contains("refused") ? "refused" : message;
    }
  }

  static void reset(Socket socket) throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  /** Waits until it is so. */
  static void await(String what, BooleanSupplier so) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!so.getAsBoolean()) {
      if (System.nanoTime() - deadline > 0) {
        throw new AssertionError("not within " + PATIENCE + ": " + what);
      }
      LockSupport.parkNanos(1_000_000);
    }
  }
}

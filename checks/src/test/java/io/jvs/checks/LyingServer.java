package io.jvs.checks;

import io.jvs.model.SocketAddresses;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;

/**
 * A server on loopback that accepts every connection and then behaves badly. Each connection has a
 * daemon thread; {@link #close} ends them all.
 */
public final class LyingServer implements AutoCloseable {
  private final ServerSocket listener;
  private final Lie lie;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final AtomicInteger accepted = new AtomicInteger();

  private LyingServer(ServerSocket listener, Lie lie) {
    this.listener = listener;
    this.lie = lie;
  }

  /** What it does with a connection, which is closed when this returns or throws. */
  @FunctionalInterface
  public interface Lie {
    void tell(LyingServer server, Socket connection) throws IOException;
  }

  /** Listens at 127.0.0.1. */
  public static LyingServer start(Lie lie) {
    return start("127.0.0.1", lie);
  }

  /** Listens at this address of the machine. */
  public static LyingServer start(String ip, Lie lie) {
    try {
      return started(new ServerSocket(0, 50, SocketAddresses.parseIp(ip)), lie);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Speaks TLS with this context first, at 127.0.0.1; the lie is told through it. */
  public static LyingServer startTls(SSLContext context, Lie lie) {
    return startTls(context, false, lie);
  }

  /** The same, and perhaps wants a certificate of the client. */
  public static LyingServer startTls(SSLContext context, boolean clientCertificate, Lie lie) {
    try {
      SSLServerSocket listener =
          (SSLServerSocket)
              context
                  .getServerSocketFactory()
                  .createServerSocket(0, 50, SocketAddresses.parseIp("127.0.0.1"));
      listener.setNeedClientAuth(clientCertificate);
      return started(listener, lie);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static LyingServer started(ServerSocket listener, Lie lie) {
    LyingServer server = new LyingServer(listener, lie);
    server.daemon(server::accept);
    return server;
  }

  public InetSocketAddress address() {
    return new InetSocketAddress(listener.getInetAddress(), listener.getLocalPort());
  }

  /** Connections so far. */
  public int accepted() {
    return accepted.get();
  }

  /** Reads nothing, says nothing. */
  public static Lie hangs() {
    return (server, connection) -> server.pause(Duration.ofDays(1));
  }

  /** Says nothing, and ends its side in good order. */
  public static Lie closes() {
    return says("");
  }

  /** Resets the connection at once. */
  public static Lie resets() {
    return (server, connection) -> connection.setSoLinger(true, 0);
  }

  /** Says this without having read anything, then ends its side in good order. */
  public static Lie says(String text) {
    return says(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** The same with bytes. */
  public static Lie says(byte[] bytes) {
    return (server, connection) -> {
      connection.getOutputStream().write(bytes);
      connection.shutdownOutput();
      drain(connection); // closing with unread data would reset it
    };
  }

  /** Says this as soon as the client has said something, then ends its side in good order. */
  public static Lie answers(String text) {
    return (server, connection) -> {
      if (connection.getInputStream().read(new byte[8192]) > 0) {
        says(text).tell(server, connection);
      }
    };
  }

  /** Says the same bytes at random for each seed, and ends its side. */
  public static Lie garbage(long seed) {
    byte[] bytes = new byte[4096];
    new Random(seed).nextBytes(bytes);
    return says(bytes);
  }

  /** One byte after the other, with a pause after each, and then hangs. */
  public static Lie drips(String text, Duration pause) {
    return (server, connection) -> {
      OutputStream out = connection.getOutputStream();
      for (byte each : text.getBytes(StandardCharsets.ISO_8859_1)) {
        out.write(each);
        out.flush();
        server.pause(pause);
      }
      server.pause(Duration.ofDays(1));
    };
  }

  /** {@code text}, and then {@code more} for ever. */
  public static Lie endless(String text, String more) {
    byte[] bytes = more.repeat(1024).getBytes(StandardCharsets.ISO_8859_1);
    return (server, connection) -> {
      OutputStream out = connection.getOutputStream();
      out.write(text.getBytes(StandardCharsets.ISO_8859_1));
      while (server.closed.getCount() > 0) {
        out.write(bytes); // until the client has gone
      }
    };
  }

  /** Waits, but not longer than the server lives. */
  public void pause(Duration time) {
    try {
      boolean unused = closed.await(time.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() throws IOException {
    closed.countDown();
    listener.close();
    for (Socket connection : open) {
      connection.close();
    }
  }

  private static void drain(Socket connection) throws IOException {
    InputStream in = connection.getInputStream();
    byte[] buffer = new byte[8192];
    while (in.read(buffer) >= 0) {
      // nobody wants to know
    }
  }

  private void accept() {
    try {
      while (true) {
        Socket connection = listener.accept();
        accepted.incrementAndGet();
        open.add(connection);
        daemon(() -> serve(connection));
      }
    } catch (IOException e) {
      // closed
    }
  }

  private void serve(Socket connection) {
    try (connection) {
      lie.tell(this, connection);
    } catch (IOException e) {
      // The client has gone, or has not liked the certificate.
    } finally {
      open.remove(connection);
    }
  }

  private void daemon(Runnable task) {
    Thread thread = new Thread(task, "lying-server");
    thread.setDaemon(true);
    thread.start();
  }
}

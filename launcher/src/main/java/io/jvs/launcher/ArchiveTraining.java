package io.jvs.launcher;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Runs a director that carries a connection of a plain service and one that begins with a PROXY
 * header, for which bytes are kept, and ends it: what a JVM loads meanwhile is what belongs into a
 * class-data archive. For {@code -XX:DumpLoadedClassList} and {@code -XX:ArchiveClassesAtExit}; the
 * build uses it, and so can who starts the jar with another JDK.
 */
final class ArchiveTraining {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int BYTE = 'x';
  private static final int FIRST_OF_HEADER = '\r';

  private ArchiveTraining() {}

  public static void main(String[] arguments) throws Exception {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    Path directory = Files.createTempDirectory("jvs-training");
    try (ServerSocket server = new ServerSocket(0, 50, loopback)) {
      InetSocketAddress front = freePort(loopback);
      InetSocketAddress introduced = freePort(loopback);
      Path file =
          Files.writeString(
              directory.resolve("training.yaml"),
              """
              control: training.sock
              drain: 0s
              services:
                - address: tcp 127.0.0.1:%d
                  scheduler: wlc
                  persistence: { timeout: 5m }
                  health: tcp-connect
                  realServers: [ "127.0.0.1:%d" ]
                - address: tcp 127.0.0.1:%d
                  scheduler: wlc
                  tcp: { proxyTo: v2 }
                  realServers: [ "127.0.0.1:%d" ]
              """
                  .formatted(
                      front.getPort(),
                      server.getLocalPort(),
                      introduced.getPort(),
                      server.getLocalPort()));
      daemon("training-server", () -> answer(server));
      daemon("training-director", () -> Main.execute("run", file.toString()));
      awaitByteThrough(front, BYTE);
      awaitByteThrough(introduced, FIRST_OF_HEADER);
    } finally {
      Files.deleteIfExists(directory.resolve("training.yaml"));
      Files.deleteIfExists(directory.resolve("training.sock"));
      Files.deleteIfExists(directory);
    }
    System.exit(ExitStatus.FINE); // the director runs until it is told to stop
  }

  private static InetSocketAddress freePort(InetAddress loopback) throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, loopback)) {
      return new InetSocketAddress(loopback, free.getLocalPort());
    }
  }

  private static void daemon(String name, Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
  }

  /** Sends back the first byte of each connection; that of a check ends without one. */
  private static void answer(ServerSocket server) {
    while (!server.isClosed()) {
      try (Socket client = server.accept();
          InputStream in = client.getInputStream()) {
        int first = in.read();
        if (first >= 0) {
          client.getOutputStream().write(first);
        }
      } catch (IOException e) {
        // A check resets its connection; and the end closes this socket.
      }
    }
  }

  private static void awaitByteThrough(InetSocketAddress front, int answer)
      throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!carries(front, answer)) {
      if (System.nanoTime() > deadline) {
        throw new UncheckedIOException(new IOException("no byte came through " + front));
      }
      TimeUnit.MILLISECONDS.sleep(10);
    }
  }

  private static boolean carries(InetSocketAddress front, int answer) {
    try (Socket client = new Socket()) {
      client.connect(front);
      client.setSoTimeout((int) PATIENCE.toMillis());
      client.getOutputStream().write(BYTE);
      return client.getInputStream().read() == answer;
    } catch (IOException e) {
      return false; // it does not listen yet
    }
  }
}

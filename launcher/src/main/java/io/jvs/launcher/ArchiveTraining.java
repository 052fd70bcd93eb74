package io.jvs.launcher;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * Runs a director that carries a connection of a plain service, one that begins with a PROXY
 * header, for which bytes are kept, and a datagram, and ends it: what a JVM loads meanwhile is what
 * belongs into a class-data archive. For {@code -XX:DumpLoadedClassList} and {@code
 * -XX:ArchiveClassesAtExit}; the build uses it, and so can who starts the jar with another JDK.
 */
final class ArchiveTraining {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int BYTE = 'x';
  private static final int FIRST_OF_HEADER = '\r';

  private ArchiveTraining() {}

  public static void main(String[] arguments) throws Exception {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    Path directory = Files.createTempDirectory("jvs-training");
    try (ServerSocket server = new ServerSocket(0, 50, loopback);
        DatagramSocket datagrams = new DatagramSocket(0, loopback)) {
      InetSocketAddress front = freePort(loopback);
      InetSocketAddress introduced = freePort(loopback);
      InetSocketAddress datagramFront = freeDatagramPort(loopback);
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
                - address: udp 127.0.0.1:%d
                  udp: { responses: 1 }
                  realServers: [ "127.0.0.1:%d" ]
              """
                  .formatted(
                      front.getPort(),
                      server.getLocalPort(),
                      introduced.getPort(),
                      server.getLocalPort(),
                      datagramFront.getPort(),
                      datagrams.getLocalPort()));
      daemon("training-server", () -> answer(server));
      daemon("training-datagrams", () -> answer(datagrams));
      daemon("training-director", () -> Main.execute("run", file.toString()));
      awaitThrough(front, address -> carries(address, BYTE));
      awaitThrough(introduced, address -> carries(address, FIRST_OF_HEADER));
      awaitThrough(datagramFront, ArchiveTraining::carriesDatagrams);
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

  private static InetSocketAddress freeDatagramPort(InetAddress loopback) throws IOException {
    try (DatagramSocket free = new DatagramSocket(0, loopback)) {
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

  /** Sends back each datagram. */
  private static void answer(DatagramSocket server) {
    DatagramPacket datagram = new DatagramPacket(new byte[1], 1);
    while (!server.isClosed()) {
      try {
        server.receive(datagram);
        server.send(datagram);
      } catch (IOException e) {
        // The end closes this socket.
      }
    }
  }

  private static void awaitThrough(InetSocketAddress front, Predicate<InetSocketAddress> carries)
      throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!carries.test(front)) {
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

  private static boolean carriesDatagrams(InetSocketAddress front) {
    try (DatagramSocket client = new DatagramSocket()) {
      client.connect(front);
      client.setSoTimeout(500); // what is sent before it listens is lost
      client.send(new DatagramPacket(new byte[] {BYTE}, 1));
      DatagramPacket answer = new DatagramPacket(new byte[1], 1);
      client.receive(answer);
      return answer.getData()[0] == BYTE;
    } catch (IOException e) {
      return false; // it does not listen yet
    }
  }
}

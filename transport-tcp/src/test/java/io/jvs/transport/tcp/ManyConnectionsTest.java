package io.jvs.transport.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.model.SocketAddresses;
import io.jvs.transport.tcp.DirectorProgram.Numbers;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** As many connections as descriptors allow, and what happens beyond. */
class ManyConnectionsTest {
  private static final int GOAL = 10_000;

  /**
   * Of the descriptors of a process: what the JVM, jars and a listener need, pipes of two loops,
   * and the reserve.
   */
  private static final int OTHER_DESCRIPTORS = 320;

  @RegisterExtension final OpenClients clients = new OpenClients();

  @Engines
  void ten_thousand_connections_or_as_many_as_descriptors_allow(
      TcpEngine engine, @TempDir Path folder) throws Exception {
    try (ChildJvm server = ChildJvm.start(errors(folder, "server"), "hard", EchoProgram.class);
        ChildJvm director =
            ChildJvm.start(
                errors(folder, "director"),
                "hard",
                DirectorProgram.class,
                engine.name(),
                "0",
                server.line())) {
      InetSocketAddress address = SocketAddresses.parse(director.line());
      int max = Numbers.of(director).max();
      int wanted = Math.min(GOAL, max);
      assertThat(wanted)
          .as("what %s descriptors are enough for", hardLimit())
          .isGreaterThanOrEqualTo(Math.min(GOAL, (hardLimit() - OTHER_DESCRIPTORS) / 2));

      for (int i = 0; i < wanted; i++) {
        clients.add(connect(address));
      }
      for (SocketChannel client : clients) {
        ping(client);
      }
      Numbers all = Numbers.of(director);
      assertThat(all.connections()).isEqualTo(wanted);
      assertThat(all.counted()).isEqualTo(wanted);
      assertThat(all.acceptFailures()).isZero();

      if (wanted == max) { // the default limit comes before the end of descriptors
        for (int i = 0; i < 50; i++) {
          assertThat(Sockets.endOfNewClient(address)).isEqualTo("reset");
        }
        assertThat(Numbers.of(director).refused()).isEqualTo(50);
      }
      for (SocketChannel client : clients.subList(0, 100)) {
        client.close();
      }
      Sockets.await("room", () -> numbers(director).connections() == wanted - 100);
      // Descriptors may come back a moment later, until when clients are reset.
      Sockets.await("served again", () -> isServed(address));
      ping(clients.get(wanted - 1));
      assertThat(director.isAlive()).isTrue();
    }
  }

  @Engines
  void without_descriptors_clients_wait_or_are_reset_and_the_director_goes_on(
      TcpEngine engine, @TempDir Path folder) throws Exception {
    Path log = errors(folder, "director");
    try (ChildJvm server = ChildJvm.start(errors(folder, "server"), "hard", EchoProgram.class);
        ChildJvm director =
            ChildJvm.start(
                log, "200", DirectorProgram.class, engine.name(), "100000", server.line())) {
      InetSocketAddress address = SocketAddresses.parse(director.line());
      for (int i = 0; i < 200; i++) { // fewer than half of which can be served
        try {
          clients.add(connect(address));
        } catch (IOException e) {
          // reset while it connected: fine
        }
      }
      Sockets.await("descriptors run out", () -> numbers(director).acceptFailures() > 0);
      assertThat(numbers(director).connections()).isBetween(20, 100);
      List<SocketChannel> served = new ArrayList<>();
      for (SocketChannel client : clients) {
        if (hears(client)) {
          served.add(client);
        }
      }
      assertThat(served).hasSizeGreaterThan(20);
      ping(served.get(0)); // present ones go on
      for (SocketChannel client : clients) {
        client.close();
      }
      Sockets.await("all gone", () -> numbers(director).connections() == 0);
      // Descriptors may come back a moment later, until when clients are reset.
      Sockets.await("served again", () -> isServed(address));
    }
    assertThat(Files.readAllLines(log))
        .filteredOn(line -> line.contains("cannot open more connections"))
        .as("told once")
        .hasSize(1);
  }

  private static Numbers numbers(ChildJvm director) {
    try {
      return Numbers.of(director);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static Path errors(Path folder, String name) {
    return folder.resolve(name + ".log");
  }

  private static int hardLimit() throws Exception {
    Process ulimit = new ProcessBuilder("bash", "-c", "ulimit -Hn").start();
    String answer = ulimit.inputReader().readLine();
    return answer.equals("unlimited") ? Integer.MAX_VALUE : Integer.parseInt(answer);
  }

  private static SocketChannel connect(InetSocketAddress address) throws IOException {
    SocketChannel client = SocketChannel.open();
    try {
      client.connect(address);
      client.write(ByteBuffer.wrap(new byte[] {1}));
      return client;
    } catch (IOException e) {
      client.close();
      throw e;
    }
  }

  private static boolean isServed(InetSocketAddress address) {
    try (SocketChannel client = connect(address)) {
      ping(client);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** Hears one answer and asks again. */
  private static void ping(SocketChannel client) throws IOException {
    ByteBuffer one = ByteBuffer.allocate(1);
    assertThat(client.read(one)).isEqualTo(1);
    client.write(ByteBuffer.wrap(new byte[] {1}));
  }

  /** Whether it is served; neither if it was reset nor if it waits to be accepted. */
  private static boolean hears(SocketChannel client) throws IOException {
    client.configureBlocking(false);
    long deadline = System.nanoTime() + 20_000_000;
    ByteBuffer one = ByteBuffer.allocate(1);
    try {
      while (client.read(one) == 0) {
        if (System.nanoTime() - deadline > 0) {
          return false;
        }
        java.util.concurrent.locks.LockSupport.parkNanos(100_000);
      }
      client.write(ByteBuffer.wrap(new byte[] {1}));
    } catch (IOException e) {
      return false;
    } finally {
      if (client.isOpen()) {
        client.configureBlocking(true);
      }
    }
    return one.position() == 1;
  }
}

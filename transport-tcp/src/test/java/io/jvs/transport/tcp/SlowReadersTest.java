package io.jvs.transport.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.model.SocketAddresses;
import io.jvs.transport.tcp.DirectorProgram.Memory;
import io.jvs.transport.tcp.DirectorProgram.Numbers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Very many clients that do not read, and a server that never stops: a director in a process of its
 * own keeps a bounded amount for each. How many is {@code -Djvs.test.readers}, by default what
 * takes seconds; kernels keep far more for each of them than we do.
 */
class SlowReadersTest {
  private static final int READERS = Integer.getInteger("jvs.test.readers", 1000);
  private static final long KIB = 1024;
  private static final long MIB = 1024 * KIB;

  /** What a side reads at once, if nothing of it can be written. */
  private static final long OURS = 64 * KIB;

  /** The same, and the mark above which Netty's channels say that it is enough. */
  private static final long NETTYS = (64 + 128) * KIB;

  /** Loops have buffers of their own, and allocators take memory in pieces. */
  private static final long FIXED = 24 * MIB;

  private static final long HEAP_EACH = 8 * KIB;

  @RegisterExtension final OpenClients clients = new OpenClients();

  @Engines
  void memory_is_bounded_and_given_back(TcpEngine engine, @TempDir Path folder) throws Exception {
    try (ChildJvm server =
            ChildJvm.start(folder.resolve("server.log"), "hard", FloodProgram.class);
        ChildJvm director =
            ChildJvm.start(
                folder.resolve("director.log"),
                "hard",
                DirectorProgram.class,
                engine.name(),
                "0",
                server.line())) {
      InetSocketAddress address = SocketAddresses.parse(director.line());
      Memory before = Memory.of(director);
      for (int i = 0; i < READERS; i++) {
        clients.add(narrowClient(address));
      }
      Sockets.await("all are in", () -> numbers(director).connections() == READERS);
      awaitStandstill(server);
      Numbers numbers = Numbers.of(director);
      assertThat(numbers.connections()).isEqualTo(READERS);
      Memory full = Memory.of(director);
      System.out.println(engine + ", " + READERS + " slow readers: " + before + ", then " + full);
      long bound = FIXED + READERS * (engine == TcpEngine.NIO ? NETTYS : OURS);
      assertThat(full.netty()).isLessThan(bound);
      assertThat(full.buffers()).isLessThan(bound);
      assertThat(full.heap() - before.heap()).isLessThan(READERS * HEAP_EACH + 4 * MIB);

      try (SocketChannel fast = SocketChannel.open(address)) { // nobody stands in others' way
        ByteBuffer buffer = ByteBuffer.allocateDirect(256 * 1024);
        for (long read = 0; read < 32 * MIB; read += buffer.position()) {
          assertThat(fast.read(buffer.clear())).isPositive();
        }
      }
      for (SocketChannel client : clients) {
        client.setOption(StandardSocketOptions.SO_LINGER, 0);
        client.close();
      }
      Sockets.await("all gone", () -> numbers(director).connections() == 0);
      Memory after = Memory.of(director);
      System.out.println("and when they have gone: " + after);
      assertThat(after.heap() - before.heap()).isLessThan(4 * MIB);
      assertThat(after.netty()).isLessThan(FIXED);
    }
  }

  /** What cannot be held is the end of its connection, and of no other. */
  @Engines
  void without_memory_for_what_waits_clients_are_reset_and_the_director_goes_on(
      TcpEngine engine, @TempDir Path folder) throws Exception {
    Path log = folder.resolve("director.log");
    try (ChildJvm server =
            ChildJvm.start(folder.resolve("server.log"), "hard", FloodProgram.class);
        ChildJvm director =
            ChildJvm.start(
                log,
                "hard",
                List.of("-XX:MaxDirectMemorySize=16m"),
                DirectorProgram.class,
                engine.name(),
                "0",
                server.line())) {
      InetSocketAddress address = SocketAddresses.parse(director.line());
      // Of 500 most are too many; but where Netty's memory is not the JDK's, each has that limit.
      int readers = 0;
      for (; readers < 500 || (readers < 3_000 && told(log).findAny().isEmpty()); readers++) {
        try {
          clients.add(narrowClient(address));
        } catch (IOException e) {
          // reset while it connected: fine
        }
      }
      Sockets.await("some are reset", () -> told(log).findAny().isPresent());
      int opened = readers;
      Sockets.await("and are gone", () -> numbers(director).connections() < opened);
      assertThat(numbers(director).connections()).as("others are not").isGreaterThan(4);
      for (SocketChannel client : clients) {
        client.setOption(StandardSocketOptions.SO_LINGER, 0);
        client.close();
      }
      Sockets.await("all gone", () -> numbers(director).connections() == 0);
      assertThat(numbers(director).counted()).isZero();
      try (SocketChannel next = SocketChannel.open(address)) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(256 * 1024);
        for (long read = 0; read < 8 * MIB; read += buffer.position()) {
          assertThat(next.read(buffer.clear())).isPositive();
        }
      }
    }
    assertThat(told(log)).as("told, but not for each of them").hasSizeBetween(1, 5);
    assertThat(Files.readString(log)).doesNotContain("reset by the server");
  }

  private static Stream<String> told(Path log) {
    try {
      return Files.readAllLines(log).stream()
          .filter(line -> line.contains("no memory for what slow receivers have not taken"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static SocketChannel narrowClient(InetSocketAddress address) throws IOException {
    SocketChannel client = SocketChannel.open();
    client.setOption(StandardSocketOptions.SO_RCVBUF, 4096);
    client.connect(address);
    return client;
  }

  /** Until the server has not got rid of anything for a second. */
  private static void awaitStandstill(ChildJvm server) {
    long[] last = {0, System.nanoTime()};
    Sockets.await(
        "standstill",
        () -> {
          try {
            long now = Long.parseLong(server.ask("?"));
            if (now != last[0]) {
              last[0] = now;
              last[1] = System.nanoTime();
            }
            return now > 0 && System.nanoTime() - last[1] > 1_000_000_000L;
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  private static Numbers numbers(ChildJvm director) {
    try {
      return Numbers.of(director);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

package io.jvs.transport.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

/** A side that does not read must cost the director a bounded amount of memory. */
class BackPressureTest {
  private static final long MIB = 1 << 20;

  /** What the sockets of a path may hold: two that send, two that receive (tcp(7)). */
  private static final long KERNEL = 2 * (max("tcp_wmem", 4 * MIB) + max("tcp_rmem", 6 * MIB));

  /** Both water marks, a read on top, and as much again for rounding up. */
  private static final long OURS = 2 * (128 + 64) * 1024;

  private static final long BOUND = KERNEL + OURS;
  private static final long ALL = 4 * BOUND;

  @Engines
  void a_client_that_does_not_read_stops_the_server(TcpEngine engine) throws Exception {
    AtomicLong sent = new AtomicLong();
    try (TestServer server = TestServer.that(socket -> send(socket, sent));
        Rig rig = Rig.of(engine, server)) {
      Socket client = rig.client();
      awaitStandstill(sent);
      assertThat(sent.get()).isLessThan(BOUND);
      assertThat(skip(client.getInputStream(), 64 * MIB)).isEqualTo(64 * MIB); // goes on
    }
  }

  @Engines
  void a_server_that_does_not_read_stops_the_client(TcpEngine engine) throws Exception {
    AtomicLong sent = new AtomicLong();
    try (TestServer server = TestServer.passive();
        Rig rig = Rig.of(engine, server)) {
      Socket client = rig.client();
      CompletableFuture.runAsync(
          () -> {
            try {
              send(client, sent);
            } catch (IOException e) {
              // closed at the end of the test
            }
          });
      Socket atServer = server.next();
      awaitStandstill(sent);
      assertThat(sent.get()).isLessThan(BOUND);
      assertThat(skip(atServer.getInputStream(), 64 * MIB)).isEqualTo(64 * MIB);
    }
  }

  /**
   * The trap: having seen a FIN, Netty's epoll channels read all that the kernel holds, whatever
   * back-pressure says. Fast traffic first, so that the kernel's receive buffers have grown.
   */
  @Engines
  void a_fin_behind_data_that_nobody_takes_stays_in_the_kernel_with_its_data(TcpEngine engine)
      throws Exception {
    int connections = 8;
    long fast = 48 * MIB;
    int rest = (int) (6 * MIB);
    try (TestServer server = TestServer.passive();
        Rig rig = Rig.of(engine, server)) {
      List<Socket> servers = new ArrayList<>();
      List<CompletableFuture<Void>> senders = new ArrayList<>();
      for (int i = 0; i < connections; i++) {
        Socket client = rig.client();
        Socket atServer = server.next();
        servers.add(atServer);
        senders.add(
            CompletableFuture.runAsync(
                () -> {
                  try {
                    client.getOutputStream().write(new byte[(int) fast]);
                    client.getOutputStream().write(new byte[rest]);
                    client.shutdownOutput();
                  } catch (IOException e) {
                    throw new UncheckedIOException(e);
                  }
                }));
        assertThat(skip(atServer.getInputStream(), fast)).isEqualTo(fast);
      }
      awaitStandstill(() -> rig.status(server).bytesFromClients());
      assertThat(usedMemory()).isLessThan(connections * OURS + 16 * MIB);
      for (int i = 0; i < connections; i++) {
        assertThat(skip(servers.get(i).getInputStream(), Long.MAX_VALUE)).isEqualTo(rest);
        senders.get(i).get();
        servers.get(i).close();
      }
      rig.awaitConnections(0);
    }
  }

  private static long usedMemory() {
    return ((ByteBufAllocatorMetricProvider) ByteBufAllocator.DEFAULT).metric().usedDirectMemory();
  }

  private static void send(Socket socket, AtomicLong sent) throws IOException {
    byte[] block = new byte[64 * 1024];
    while (sent.get() < ALL) {
      socket.getOutputStream().write(block);
      sent.addAndGet(block.length);
    }
  }

  private static void awaitStandstill(AtomicLong counter) {
    awaitStandstill(counter::get);
  }

  /** Until it has counted and then has not for a second: a standstill is nothing but time. */
  private static void awaitStandstill(java.util.function.LongSupplier counter) {
    long[] last = {0, System.nanoTime()};
    Sockets.await(
        "standstill",
        () -> {
          long now = counter.getAsLong();
          if (now != last[0]) {
            last[0] = now;
            last[1] = System.nanoTime();
          }
          return now > 0 && System.nanoTime() - last[1] > 1_000_000_000L;
        });
  }

  private static long skip(InputStream in, long bytes) throws IOException {
    byte[] buffer = new byte[256 * 1024];
    long done = 0;
    while (done < bytes) {
      int n = in.read(buffer, 0, (int) Math.min(buffer.length, bytes - done));
      if (n < 0) {
        break;
      }
      done += n;
    }
    return done;
  }

  private static long max(String setting, long otherwise) {
    Path path = Path.of("/proc/sys/net/ipv4", setting);
    if (!Files.exists(path)) {
      return otherwise;
    }
    try (BufferedReader line = Files.newBufferedReader(path)) { // such files want one big read
      return Long.parseLong(line.readLine().strip().replaceAll(".*\\s", ""));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

package io.jvs.transport.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.balancing.LoadBalancerEvent.ConnectionFailed;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.CRC32C;

/** What {@link RelayEngine} promises of bytes, ends and counters. */
class RelayTest {
  private static final long GIB = 1L << 30;

  @Engines
  void every_byte_of_a_gibibyte_arrives_each_way_at_the_same_time(TcpEngine engine)
      throws Exception {
    try (TestServer server = TestServer.echo();
        Rig rig = Rig.of(engine, server)) {
      Socket client = rig.client();
      CompletableFuture<Long> sent = CompletableFuture.supplyAsync(() -> sendRandom(client, GIB));
      CRC32C received = new CRC32C();
      InputStream in = client.getInputStream();
      byte[] buffer = new byte[256 * 1024];
      long total = 0;
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        received.update(buffer, 0, n);
        total += n;
      }
      assertThat(total).isEqualTo(GIB);
      assertThat(received.getValue()).isEqualTo(sent.get());
      rig.awaitConnections(0);
      assertThat(rig.status(server).bytesFromClients()).isEqualTo(GIB);
      assertThat(rig.status(server).bytesToClients()).isEqualTo(GIB);
    }
  }

  /**
   * Then the connection to the server is closed both ways, and what it has sent stands in the
   * kernel, because the client does not take it yet.
   */
  @Engines
  void what_a_server_sent_before_its_end_reaches_a_client_that_takes_its_time(TcpEngine engine)
      throws Exception {
    int step =
        48 * 1024; // less than what the proxy leaves in the kernel: some answer ends in there
    int clients = 160;
    AtomicInteger number = new AtomicInteger();
    CountDownLatch sent = new CountDownLatch(1);
    try (TestServer server =
            TestServer.that(
                socket -> {
                  byte[] answer = new byte[step * number.incrementAndGet()];
                  assertThat(socket.getInputStream().read()).isEqualTo(-1);
                  socket.setSendBufferSize(answer.length); // more than the system may allow
                  socket.getOutputStream().write(answer);
                });
        Rig rig = Rig.of(engine, server)) {
      List<Socket> all = new ArrayList<>();
      for (int i = 0; i < clients; i++) {
        Socket client = rig.client();
        client.shutdownOutput();
        all.add(client);
      }
      CompletableFuture.runAsync(sent::countDown, delayed());
      sent.await(); // several rounds in which sessions are looked after
      long total = 0;
      for (Socket client : all) {
        total += client.getInputStream().readAllBytes().length;
      }
      assertThat(total).isEqualTo((long) step * clients * (clients + 1) / 2);
      rig.awaitConnections(0);
    }
  }

  private static Executor delayed() {
    return CompletableFuture.delayedExecutor(700, TimeUnit.MILLISECONDS);
  }

  /** Returns their checksum; ends with a FIN. */
  private static long sendRandom(Socket socket, long bytes) {
    try {
      SplittableRandom random = new SplittableRandom(42);
      CRC32C sum = new CRC32C();
      byte[] block = new byte[128 * 1024];
      OutputStream out = socket.getOutputStream();
      for (long left = bytes; left > 0; ) {
        random.nextBytes(block);
        int length = (int) Math.min(left, 1 + random.nextInt(block.length));
        sum.update(block, 0, length);
        out.write(block, 0, length);
        left -= length;
      }
      socket.shutdownOutput();
      return sum.getValue();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Engines
  void a_slow_writer_is_heard_byte_by_byte_on_either_side(TcpEngine engine) throws Exception {
    try (TestServer server =
            TestServer.that(
                socket -> { // the next byte comes when the last one has been seen over there
                  for (int i = 0; i < 1_000; i++) {
                    socket.getOutputStream().write(socket.getInputStream().read() + 1);
                  }
                });
        Rig rig = Rig.of(engine, server)) {
      Socket client = rig.client();
      for (int i = 0; i < 1_000; i++) { // waiting for another byte first would wait for ever
        client.getOutputStream().write(i & 0x7f);
        assertThat(client.getInputStream().read()).isEqualTo((i & 0x7f) + 1);
      }
    }
  }

  /** Reads stop at the urgent byte, which must not be taken for the end of what there is. */
  @Engines
  void urgent_data_is_dropped_and_what_stands_behind_it_passes(TcpEngine engine) throws Exception {
    try (TestServer server = TestServer.echo();
        Rig rig = Rig.of(engine, server)) {
      Socket client = rig.client();
      for (int i = 0; i < 200; i++) {
        Sockets.send(client, "before");
        client.sendUrgentData('!');
        Sockets.send(client, "behind");
        assertThat(Sockets.receive(client, 12)).isEqualTo("beforebehind");
      }
    }
  }

  /**
   * Also where bytes go through pipes: splice(2) stops at an urgent byte, and says nothing. One
   * that the next overtakes becomes an ordinary byte, as on a direct connection (tcp(7)).
   */
  @Engines
  void urgent_data_in_the_middle_of_bulk_costs_no_other_byte_in_either_direction(TcpEngine engine)
      throws Exception {
    byte urgent = -1;
    byte[] block = new byte[100_000];
    new SplittableRandom(1).nextBytes(block);
    for (int i = 0; i < block.length; i++) {
      block[i] = (byte) Math.abs(block[i] / 2); // never the urgent one
    }
    int blocks = 200;
    try (TestServer server = TestServer.passive();
        Rig rig = Rig.of(engine, server)) {
      Socket client = rig.client();
      Socket atServer = server.next();
      for (Socket[] way : new Socket[][] {{client, atServer}, {atServer, client}}) {
        CompletableFuture<Void> writing =
            CompletableFuture.runAsync(
                () -> {
                  try {
                    for (int i = 0; i < blocks; i++) {
                      way[0].getOutputStream().write(block);
                      way[0].sendUrgentData(urgent);
                    }
                    way[0].shutdownOutput();
                  } catch (IOException e) {
                    throw new UncheckedIOException(e);
                  }
                });
        long ordinary = 0;
        byte[] buffer = new byte[64 * 1024];
        for (int n = way[1].getInputStream().read(buffer);
            n >= 0;
            n = way[1].getInputStream().read(buffer)) {
          for (int i = 0; i < n; i++) {
            if (buffer[i] != urgent) {
              if (buffer[i] != block[(int) (ordinary % block.length)]) {
                throw new AssertionError("wrong after " + ordinary); // twenty million assertions
              }
              ordinary++;
            }
          }
        }
        assertThat(ordinary).isEqualTo((long) blocks * block.length);
        writing.get();
      }
      rig.awaitConnections(0);
    }
  }

  @Engines
  void half_close_of_the_client_passes_behind_its_data_and_the_answer_still_comes(TcpEngine engine)
      throws Exception {
    int size = 3_000_000;
    try (TestServer server =
            TestServer.that(
                socket -> { // answers only when it has seen the end
                  byte[] all = socket.getInputStream().readAllBytes();
                  socket.getOutputStream().write(all);
                });
        Rig rig = Rig.of(engine, server)) {
      Socket client = rig.client();
      client.getOutputStream().write(new byte[size]);
      client.shutdownOutput();
      assertThat(client.getInputStream().readAllBytes()).hasSize(size);
      rig.awaitConnections(0);
      assertThat(rig.status(server).failed()).isZero();
    }
  }

  @Engines
  void half_close_of_the_server_passes_behind_its_data_and_the_client_still_sends(TcpEngine engine)
      throws Exception {
    int size = 3_000_000;
    CompletableFuture<Integer> gotByServer = new CompletableFuture<>();
    try (TestServer server =
            TestServer.that(
                socket -> {
                  socket.getOutputStream().write(new byte[size]);
                  socket.shutdownOutput();
                  gotByServer.complete(socket.getInputStream().readAllBytes().length);
                });
        Rig rig = Rig.of(engine, server)) {
      Socket client = rig.client();
      assertThat(client.getInputStream().readAllBytes()).hasSize(size);
      Sockets.await("counted as closing", () -> rig.status(server).inactive() == 1);
      client.getOutputStream().write(new byte[size]);
      client.shutdownOutput();
      assertThat(gotByServer.get()).isEqualTo(size);
      rig.awaitConnections(0);
    }
  }

  @Engines
  void server_killed_mid_stream_is_a_reset_for_the_client(TcpEngine engine) throws Exception {
    try (TestServer server = TestServer.echo();
        Rig rig = Rig.of(engine, server)) {
      Socket client = rig.client();
      Sockets.ping(client);
      server.kill();
      assertThat(Sockets.ending(client)).isEqualTo("reset");
      rig.awaitConnections(0);
      assertThat(rig.events).hasAtLeastOneElementOfType(ConnectionFailed.class);
    }
  }

  @Engines
  void client_that_resets_is_a_reset_for_the_server(TcpEngine engine) throws Exception {
    try (TestServer server = TestServer.passive();
        Rig rig = Rig.of(engine, server)) {
      Socket client = rig.client();
      Sockets.send(client, "x");
      Socket atServer = server.next();
      assertThat(Sockets.receive(atServer, 1)).isEqualTo("x");
      Sockets.reset(client);
      assertThat(Sockets.ending(atServer)).isEqualTo("reset");
      rig.awaitConnections(0);
      assertThat(rig.status(server).failed()).isZero();
    }
  }
}

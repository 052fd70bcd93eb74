package io.jvs.transport.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/** Bulk, which engines may move by other means than small messages. */
class BulkTest {
  private static final int MIB = 1 << 20;

  @Engines
  void after_bulk_small_messages_are_not_kept_waiting(TcpEngine engine) throws Exception {
    try (TestServer server = TestServer.echo();
        Rig rig = Rig.of(engine, server)) {
      Socket client = rig.client();
      for (int turn = 0; turn < 3; turn++) {
        byte[] bulk = random(turn, 8 * MIB);
        CompletableFuture<byte[]> echoed =
            CompletableFuture.supplyAsync(() -> read(client, bulk.length));
        client.getOutputStream().write(bulk);
        assertThat(echoed.get()).isEqualTo(bulk);
        for (int i = 0; i < 100; i++) {
          Sockets.ping(client);
        }
      }
    }
  }

  /** More of them than there are pipes, so some are spliced and some are copied. */
  @Engines
  void many_clients_that_stop_reading_in_the_middle_get_everything_in_the_end(TcpEngine engine)
      throws Exception {
    int clients = 48;
    byte[] download = random(7, 2 * MIB);
    AtomicInteger begun = new AtomicInteger();
    try (TestServer server =
            TestServer.that(
                socket -> {
                  begun.incrementAndGet();
                  socket.getOutputStream().write(download);
                });
        Rig rig = Rig.of(engine, server)) {
      List<Socket> all = new ArrayList<>();
      for (int i = 0; i < clients; i++) {
        all.add(narrowClient(rig.address));
      }
      Sockets.await("all have begun", () -> begun.get() == clients);
      for (Socket client : all) {
        assertThat(read(client, download.length)).isEqualTo(download);
        assertThat(client.getInputStream().read()).isEqualTo(-1);
        client.close();
      }
      rig.awaitConnections(0);
      assertThat(rig.status(server).bytesToClients()).isEqualTo((long) clients * download.length);
    }
  }

  /** Whatever they had in memory or in pipes goes with them. */
  @Engines
  void clients_that_are_reset_in_the_middle_leave_nothing_behind(TcpEngine engine)
      throws Exception {
    try (TestServer server =
            TestServer.that(socket -> socket.getOutputStream().write(new byte[64 * MIB]));
        Rig rig = Rig.of(engine, server)) {
      for (int round = 0; round < 3; round++) {
        List<Socket> all = new ArrayList<>();
        for (int i = 0; i < 24; i++) {
          Socket client = narrowClient(rig.address);
          assertThat(client.getInputStream().readNBytes(200_000)).hasSize(200_000);
          all.add(client);
        }
        for (Socket client : all) {
          Sockets.reset(client);
        }
        rig.awaitConnections(0);
      }
      Socket client = narrowClient(rig.address); // and pipes are there for others
      client.getInputStream().skipNBytes(16 * MIB);
      Sockets.reset(client);
      rig.awaitConnections(0);
    }
  }

  /** Of which the kernel takes little as long as it does not read. */
  private static Socket narrowClient(InetSocketAddress address) throws Exception {
    Socket socket = new Socket();
    socket.setReceiveBufferSize(16 * 1024);
    socket.setSoTimeout((int) Sockets.PATIENCE.toMillis());
    socket.connect(address);
    return socket;
  }

  private static byte[] random(long seed, int bytes) {
    byte[] all = new byte[bytes];
    new SplittableRandom(seed).nextBytes(all);
    return all;
  }

  private static byte[] read(Socket socket, int bytes) {
    try {
      InputStream in = socket.getInputStream();
      return in.readNBytes(bytes);
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}

package io.jvs.transport.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.balancing.Timing;
import io.jvs.transport.ClosedConnection;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/** Bytes and connections are counted to the last one, however connections end. */
class TrafficCountersTest {
  private static final int CLIENTS = 16;
  private static final int ROUNDS = 12;

  /** Reads a size and as many bytes, sends twice as many, and ends as it is told. */
  private static final TestServer.Behaviour DOUBLE =
      socket -> {
        InputStream in = socket.getInputStream();
        int end = in.read();
        int size = in.read() << 16 | in.read() << 8 | in.read();
        in.skipNBytes(size);
        socket.getOutputStream().write(new byte[2 * size]);
        if (end == 'r') {
          in.read(); // the client has it all
          Sockets.reset(socket);
        }
      };

  @Engines
  void bytes_and_connections_are_right_to_the_last_one_under_load(TcpEngine engine)
      throws Exception {
    List<ClosedConnection> ended = new CopyOnWriteArrayList<>();
    AtomicLong sent = new AtomicLong();
    AtomicLong received = new AtomicLong();
    try (TestServer one = TestServer.that(DOUBLE);
        TestServer two = TestServer.that(DOUBLE);
        Rig rig =
            Rig.of(
                TcpTransport.builder()
                    .engine(engine)
                    .eventLoopThreads(2)
                    .connectionListener(ended::add),
                service -> service,
                one,
                two)) {
      List<Throwable> failed = new CopyOnWriteArrayList<>();
      List<Thread> threads = new ArrayList<>();
      for (int seed = 0; seed < CLIENTS; seed++) {
        Random random = new Random(seed);
        Thread thread =
            new Thread(
                () -> {
                  try {
                    for (int round = 0; round < ROUNDS; round++) {
                      talk(rig, random, sent, received);
                    }
                  } catch (IOException | RuntimeException e) {
                    failed.add(e);
                  }
                });
        thread.start();
        threads.add(thread);
      }
      for (Thread thread : threads) {
        thread.join();
      }
      assertThat(failed).isEmpty();
      rig.awaitConnections(0);
      int all = CLIENTS * ROUNDS;
      Sockets.await("all ends are told", () -> ended.size() == all);
      var first = rig.status(one);
      var second = rig.status(two);
      assertThat(first.bytesFromClients() + second.bytesFromClients()).isEqualTo(sent.get());
      assertThat(first.bytesToClients() + second.bytesToClients()).isEqualTo(received.get());
      assertThat(first.opened() + second.opened()).isEqualTo(all);
      assertThat(ended.stream().mapToLong(ClosedConnection::bytesFromClient).sum())
          .isEqualTo(sent.get());
      assertThat(ended.stream().mapToLong(ClosedConnection::bytesToClient).sum())
          .isEqualTo(received.get());
      assertThat(ended.stream().filter(end -> end.ending() != ClosedConnection.Ending.CLOSED))
          .as("some were reset, by either side")
          .hasSizeGreaterThan(all / 4);
      for (Timing part : Timing.values()) {
        assertThat(rig.balancer.durations(part).count()).as("%s", part).isEqualTo(all);
      }
    }
  }

  /** A third of them ends well, one is reset by the client, one by the server. */
  private static void talk(Rig rig, Random random, AtomicLong sent, AtomicLong received)
      throws IOException {
    int size = random.nextInt(300_000);
    int end = "crf".charAt(random.nextInt(3)); // client resets, server resets, both close
    try (Socket client = Sockets.connect(rig.address)) {
      byte[] question = new byte[4 + size];
      question[0] = (byte) end;
      question[1] = (byte) (size >> 16);
      question[2] = (byte) (size >> 8);
      question[3] = (byte) size;
      Thread writer = new Thread(() -> write(client, question));
      writer.start();
      client.getInputStream().skipNBytes(2L * size);
      join(writer);
      sent.addAndGet(question.length);
      received.addAndGet(2L * size);
      if (end == 'r') {
        client.getOutputStream().write(1);
        sent.incrementAndGet();
        Sockets.ending(client);
      } else if (end == 'c') {
        Sockets.reset(client);
      }
    }
  }

  private static void write(Socket client, byte[] bytes) {
    try {
      client.getOutputStream().write(bytes);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static void join(Thread thread) throws IOException {
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  /** Two seconds are what the policy takes for an estimate; see RateEstimate. */
  @Engines
  void wlib_gives_new_connections_to_the_server_that_gets_less_traffic(TcpEngine engine)
      throws Exception {
    try (TestServer one = TestServer.echo();
        TestServer two = TestServer.echo();
        Rig rig = Rig.of(engine, service -> service.scheduler("wlib"), one, two)) {
      Socket heavy = rig.client();
      Sockets.ping(heavy);
      TestServer busy = one.accepted() == 1 ? one : two;
      TestServer calm = busy == one ? two : one;
      byte[] block = new byte[64 * 1024];
      int before = busy.accepted();
      // New clients come all the while; once the rates are known, they all go to the other one.
      int[] inARow = {0};
      Sockets.await(
          "20 clients in a row at the calm server; " + busy.accepted() + " and " + calm.accepted(),
          () -> {
            try {
              heavy.getOutputStream().write(block);
              heavy.getInputStream().skipNBytes(block.length);
              int there = busy.accepted();
              try (Socket client = Sockets.connect(rig.address)) {
                Sockets.ping(client);
              }
              inARow[0] = busy.accepted() == there ? inARow[0] + 1 : 0;
              return inARow[0] >= 20
                  && rig.status(busy.realServer()).bytesFromClients()
                      > 20L * rig.status(calm.realServer()).bytesFromClients();
            } catch (IOException e) {
              throw new java.io.UncheckedIOException(e);
            }
          });
      assertThat(busy.accepted()).isGreaterThanOrEqualTo(before);
      assertThat(calm.accepted()).isGreaterThanOrEqualTo(20);
    }
  }
}

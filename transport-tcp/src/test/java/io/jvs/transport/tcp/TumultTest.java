package io.jvs.transport.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.model.Protocol;
import io.jvs.model.RealServer;
import io.jvs.model.Timeouts;
import io.jvs.model.VirtualAddress;
import io.jvs.model.VirtualService;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Everything at once, with a reload every 100 ms: servers come and go, one of them misbehaves in
 * every way, clients do too; and some connections, on servers that behave, carry streams that must
 * arrive to the last byte. In the end nothing is left.
 */
class TumultTest {
  private static final long TUMULT_NANOS = TimeUnit.SECONDS.toNanos(4);
  private static final int STREAMS = 6;
  private static final int UNRULY = 6;

  private final ExecutorService threads = Executors.newCachedThreadPool();

  @Engines
  void reloads_in_the_middle_of_it_cost_no_byte_and_nothing_is_left(TcpEngine engine)
      throws Exception {
    Timeouts timeouts =
        new Timeouts(
            Duration.ofSeconds(2), // connect
            Duration.ofSeconds(20),
            Duration.ofSeconds(20),
            Duration.ofSeconds(20));
    try (TestServer one = TestServer.echo();
        TestServer two = TestServer.echo();
        TestServer three = TestServer.echo();
        TestServer mad = TestServer.that(new Mad());
        Rig rig = Rig.of(engine, service -> service.timeouts(timeouts), one, two, three)) {
      long end = System.nanoTime() + TUMULT_NANOS;
      List<Future<Long>> streams = new ArrayList<>();
      for (int i = 0; i < STREAMS; i++) {
        Socket client = rig.client();
        Sockets.ping(client); // so it has one of those three
        streams.addAll(stream(client, i, end));
      }
      List<Future<Long>> unruly = new ArrayList<>();
      for (int i = 0; i < UNRULY; i++) {
        SplittableRandom random = new SplittableRandom(100 + i);
        unruly.add(
            threads.submit(
                () -> {
                  long lives = 0;
                  for (; System.nanoTime() < end; lives++) {
                    live(rig.address, random);
                  }
                  return lives;
                }));
      }
      int reloads = reload(rig, end, one, two, three, mad);

      for (int i = 0; i < STREAMS; i++) {
        assertThat(streams.get(2 * i + 1).get()).as("stream %s", i).isPositive();
        assertThat(streams.get(2 * i).get()).isEqualTo(streams.get(2 * i + 1).get());
      }
      long lives = 0;
      for (Future<Long> each : unruly) {
        lives += each.get();
      }
      assertThat(reloads).isGreaterThan(5);
      assertThat(lives).isGreaterThan(UNRULY);
      rig.awaitConnections(0);
      assertThat(rig.transport.status().policyFailures()).isZero();
    } finally {
      threads.shutdownNow();
    }
  }

  private static int reload(Rig rig, long end, TestServer... servers) throws InterruptedException {
    SplittableRandom random = new SplittableRandom(7);
    VirtualService original = rig.balancer.service();
    InetSocketAddress second = Sockets.freeAddress();
    int reloads = 0;
    for (; System.nanoTime() < end; reloads++) {
      List<RealServer> listed = new ArrayList<>();
      for (TestServer server : servers) {
        if (random.nextInt(4) > 0) {
          listed.add(server.realServer().withWeight(random.nextInt(4)));
        }
      }
      VirtualService service = original.toBuilder().realServers(listed).build();
      rig.balancer.apply(service);
      if (random.nextBoolean()) {
        rig.apply(service);
      } else { // and listens somewhere else as well
        rig.apply(
            service,
            service.toBuilder()
                .name("second")
                .address(VirtualAddress.of(Protocol.TCP, second))
                .build());
      }
      TimeUnit.MILLISECONDS.sleep(100); // the pace of reloads
    }
    rig.balancer.apply(original);
    rig.apply(original);
    return reloads;
  }

  /** Writes and reads until the end; both futures are the number of bytes. */
  private List<Future<Long>> stream(Socket client, int seed, long end) {
    Callable<Long> writing =
        () -> {
          SplittableRandom random = new SplittableRandom(seed);
          OutputStream out = client.getOutputStream();
          long written = 0;
          while (System.nanoTime() < end) {
            byte[] block = new byte[1 + random.nextInt(50_000)];
            random.nextBytes(block);
            out.write(block);
            written += block.length;
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2)); // leaves the machine to others
          }
          client.shutdownOutput();
          return written;
        };
    Callable<Long> reading =
        () -> {
          SplittableRandom random = new SplittableRandom(seed);
          InputStream in = client.getInputStream();
          long read = 0;
          while (true) {
            byte[] expected = new byte[1 + random.nextInt(50_000)];
            random.nextBytes(expected);
            byte[] block = in.readNBytes(expected.length);
            if (block.length == 0) {
              return read;
            }
            assertThat(block).as("after %s bytes", read).isEqualTo(expected);
            read += block.length;
          }
        };
    return List.of(threads.submit(writing), threads.submit(reading));
  }

  /** One client's life; whether it is served depends on whom it meets. */
  private static void live(InetSocketAddress address, SplittableRandom random) {
    try (Socket client = Sockets.connect(address)) {
      client.setSoTimeout(200);
      switch (random.nextInt(6)) {
        case 0 -> Sockets.reset(client);
        case 1 -> {
          client.getOutputStream().write(new byte[random.nextInt(200_000)]);
          Sockets.reset(client);
        }
        case 2 -> {
          client.shutdownOutput();
          var unused = client.getInputStream().read();
        }
        case 3 -> {
          client.getOutputStream().write(new byte[1000]);
          client.sendUrgentData('!');
          client.shutdownOutput();
          client.getInputStream().readAllBytes();
        }
        case 4 -> { // never reads what comes back
          client.getOutputStream().write(new byte[100_000]);
          client.shutdownOutput();
          LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextInt(50)));
        }
        default -> {
          for (int i = random.nextInt(5); i >= 0; i--) {
            Sockets.ping(client);
          }
        }
      }
    } catch (IOException e) {
      // it met the mad server, or none
    }
  }

  /** A server that does something else each time. */
  private static final class Mad implements TestServer.Behaviour {
    private final SplittableRandom random = new SplittableRandom(99); // guarded by this

    private synchronized int next(int bound) {
      return random.nextInt(bound);
    }

    @Override
    public void serve(Socket socket) throws IOException {
      switch (next(5)) {
        case 0 -> Sockets.reset(socket);
        case 1 -> {} // a FIN instead of an answer
        case 2 -> { // silence, until the client has had enough
          socket.setSoTimeout(500);
          socket.getInputStream().skipNBytes(Long.MAX_VALUE);
        }
        case 3 -> {
          socket.getInputStream().skipNBytes(1);
          socket.getOutputStream().write(new byte[next(500_000)]);
          Sockets.reset(socket);
        }
        default -> {
          socket.shutdownOutput();
          socket.setSoTimeout(500);
          socket.getInputStream().skipNBytes(Long.MAX_VALUE);
        }
      }
    }
  }
}

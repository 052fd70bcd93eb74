package io.jvs.transport.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Clients that come and go in every way at once, so that descriptors are reused while events of
 * those before are still under way. Whoever plays by the rules must not notice.
 */
class ChurnTest {
  private static final int THREADS = 6;
  private static final int CLIENTS = 250; // of each thread

  @Engines
  void clients_that_behave_are_not_hurt_by_those_that_do_not(TcpEngine engine) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try (TestServer server = TestServer.echo();
        Rig rig = Rig.of(engine, server)) {
      long before = descriptors();
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        SplittableRandom random = new SplittableRandom(i);
        all.add(
            threads.submit(
                () -> {
                  for (int client = 0; client < CLIENTS; client++) {
                    live(rig, random);
                  }
                  return null;
                }));
      }
      for (Future<?> each : all) {
        each.get();
      }
      rig.awaitConnections(0);
      assertThat(rig.status(server).failed()).isZero();
      Sockets.await(
          "descriptors as before: " + before + ", not " + descriptors(),
          () -> descriptors() <= before + 2L * NativePipes.MAX * 2);
    } finally {
      threads.shutdownNow();
    }
  }

  private static void live(Rig rig, SplittableRandom random) throws IOException {
    try (Socket client = Sockets.connect(rig.address)) {
      switch (random.nextInt(5)) {
        case 0 -> Sockets.reset(client);
        case 1 -> {
          Sockets.send(client, "x");
          Sockets.reset(client);
        }
        case 2 -> {
          client.shutdownOutput();
          assertThat(client.getInputStream().read()).isEqualTo(-1);
        }
        case 3 -> {
          byte[] message = new byte[1 + random.nextInt(100_000)];
          random.nextBytes(message);
          client.getOutputStream().write(message);
          client.shutdownOutput();
          assertThat(client.getInputStream().readAllBytes()).isEqualTo(message);
        }
        default -> {
          for (int i = random.nextInt(5); i >= 0; i--) {
            Sockets.ping(client);
          }
        }
      }
    }
  }

  private static long descriptors() {
    return ((UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getOpenFileDescriptorCount();
  }
}

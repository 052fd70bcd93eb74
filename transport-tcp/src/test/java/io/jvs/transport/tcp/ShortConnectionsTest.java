package io.jvs.transport.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.UnixOperatingSystemMXBean;
import io.jvs.lab.network.OwnNetwork;
import java.io.BufferedReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.io.TempDir;

/**
 * One connection after the other, from several addresses, until the kernel remembers very many of
 * them (TIME_WAIT). How many is {@code -Djvs.test.connections}, by default what takes seconds.
 */
class ShortConnectionsTest {
  private static final int CONNECTIONS = Integer.getInteger("jvs.test.connections", 10_000);
  private static final int THREADS = 4; // each with an address of its own

  @Engines
  void none_fails_and_none_is_left(TcpEngine engine, @TempDir Path folder) throws Exception {
    List<String> said =
        OwnNetwork.run(
            folder,
            "echo \"1024 65535\" >/proc/sys/net/ipv4/ip_local_port_range;"
                + " echo 262144 >/proc/sys/net/ipv4/tcp_max_tw_buckets",
            ShortConnectionsTest.class,
            engine.name(),
            Integer.toString(CONNECTIONS));
    System.out.println(engine + ", " + CONNECTIONS + " short connections: " + said);
    assertThat(said).last().isEqualTo("all well");
  }

  /** On the network of its own. */
  public static void main(String[] arguments) throws Exception {
    int each = Integer.parseInt(arguments[1]) / THREADS;
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try (TestServer server = TestServer.echo();
        Rig rig = Rig.of(TcpEngine.valueOf(arguments[0]), server)) {
      try (Socket first = Sockets.connect(rig.address)) {
        Sockets.ping(first);
      }
      rig.awaitConnections(0);
      long before = descriptors();
      List<Future<?>> all = new ArrayList<>();
      long start = System.nanoTime();
      for (int i = 0; i < THREADS; i++) {
        InetAddress from = InetAddress.getByName("127.0.1." + (1 + i));
        all.add(
            threads.submit(
                () -> {
                  for (int client = 0; client < each; client++) {
                    live(rig.address, from);
                  }
                  return null;
                }));
      }
      for (Future<?> thread : all) {
        thread.get();
      }
      System.out.printf("%.1f s, %d in TIME_WAIT%n", (System.nanoTime() - start) / 1e9, timeWait());
      rig.awaitConnections(0);
      assertThat(rig.status(server).opened()).isEqualTo(each * THREADS + 1);
      assertThat(rig.status(server).failed()).isZero();
      Sockets.await(
          "descriptors as before: " + before + ", not " + descriptors(),
          () -> descriptors() <= before + 2L * NativePipes.MAX * 2);
    } finally {
      threads.shutdownNow();
    }
    System.out.println("all well");
  }

  private static void live(InetSocketAddress address, InetAddress from) throws IOException {
    try (Socket client = new Socket()) {
      client.setSoTimeout((int) Sockets.PATIENCE.toMillis());
      client.bind(new InetSocketAddress(from, 0));
      client.connect(address);
      Sockets.ping(client);
    }
  }

  private static long descriptors() {
    return ((UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getOpenFileDescriptorCount();
  }

  private static int timeWait() throws IOException {
    try (BufferedReader in = Files.newBufferedReader(Path.of("/proc/net/sockstat"))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        if (line.startsWith("TCP:")) {
          return Integer.parseInt(line.replaceFirst(".* tw (\\d+) .*", "$1"));
        }
      }
    }
    throw new IOException("/proc/net/sockstat knows nothing of TCP");
  }
}

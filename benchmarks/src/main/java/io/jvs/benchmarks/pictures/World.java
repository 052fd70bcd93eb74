package io.jvs.benchmarks.pictures;

import io.jvs.balancing.Connection;
import io.jvs.balancing.LoadBalancer;
import io.jvs.model.Flow;
import io.jvs.model.RealServer;
import io.jvs.model.SocketAddresses;
import io.jvs.model.Ticker;
import io.jvs.model.VirtualService;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Five servers behind one load balancer, in virtual time: clients arrive as a Poisson process, and
 * a connection lasts an exponentially distributed time that does not depend on how many there are.
 */
final class World {
  /** Heavier and heavier; together a little more than the connections that are open on average. */
  static final List<Integer> WEIGHTS = List.of(5, 10, 15, 20, 25);

  static final double ARRIVALS_PER_SECOND = 60;
  static final double MEAN_SECONDS = 1;
  private static final List<InetSocketAddress> CLIENTS =
      IntStream.range(0, 300)
          .mapToObj(i -> SocketAddresses.parse("10.1." + i / 250 + "." + i % 250 + ":40000"))
          .toList();
  private static final List<InetSocketAddress> DESTINATIONS =
      IntStream.range(0, 60)
          .mapToObj(i -> SocketAddresses.parse("192.0.2." + (i + 1) + ":80"))
          .toList();

  private final Random chance; // whose algorithm is specified, so that every JDK draws the same
  private final LoadBalancer balancer;
  private final List<InetSocketAddress> addresses = new ArrayList<>();
  private final PriorityQueue<End> ends =
      new PriorityQueue<>(Comparator.comparingLong(End::nanos).thenComparingLong(End::number));
  private final int[] open = new int[WEIGHTS.size()];
  private final int[] chosen = new int[WEIGHTS.size()];
  private final double[] slowness = new double[WEIGHTS.size()];
  private int refused;
  private long arrivals;
  private long now;
  private long nextArrival;

  World(String policy, long seed) {
    chance = new Random(seed);
    List<RealServer> servers = new ArrayList<>();
    for (int weight : WEIGHTS) {
      RealServer server = RealServer.of("10.0.0." + (addresses.size() + 1) + ":80");
      addresses.add(server.address());
      servers.add(server.withWeight(weight));
    }
    balancer =
        LoadBalancer.builder(
                VirtualService.inProcess("picture").scheduler(policy).realServers(servers).build())
            .ticker(new VirtualTime())
            .random(new Random(seed + 1))
            .build();
    Arrays.fill(slowness, 1);
    nextArrival = exponential(1 / ARRIVALS_PER_SECOND);
  }

  /** How many times longer than others this server's connections last from now on. */
  void slow(int server, double times) {
    slowness[server] = times;
  }

  void down(int server) {
    balancer.markDown(addresses.get(server), "down in this picture");
  }

  void up(int server) {
    balancer.markUp(addresses.get(server));
  }

  /** Lets all happen that happens until then. */
  void runUntil(double seconds) {
    long until = (long) (seconds * 1e9);
    while (true) {
      End end = ends.peek();
      if (end != null && end.nanos() <= nextArrival && end.nanos() <= until) {
        now = end.nanos();
        ends.remove();
        open[end.server()]--;
        end.connection().close();
      } else if (nextArrival <= until) {
        now = nextArrival;
        arrive();
        nextArrival = now + exponential(1 / ARRIVALS_PER_SECOND);
      } else {
        now = until;
        return;
      }
    }
  }

  private void arrive() {
    double popular = chance.nextDouble();
    Flow flow =
        Flow.tcp(
            CLIENTS.get(chance.nextInt(CLIENTS.size())),
            DESTINATIONS.get((int) (DESTINATIONS.size() * popular * popular)));
    double seconds = -StrictMath.log(1 - chance.nextDouble()) * MEAN_SECONDS;
    int bytes = 1_000 + chance.nextInt(9_000);
    arrivals++;
    if (balancer.admit(flow) instanceof Connection connection) {
      int server = addresses.indexOf(connection.server().address());
      connection.countBytes(bytes, 0);
      open[server]++;
      chosen[server]++;
      ends.add(
          new End(now + (long) (seconds * slowness[server] * 1e9), arrivals, server, connection));
    } else {
      refused++;
    }
  }

  private long exponential(double mean) {
    return (long) (-StrictMath.log(1 - chance.nextDouble()) * mean * 1e9);
  }

  /** Forgets who was chosen so far. */
  void countAnew() {
    Arrays.fill(chosen, 0);
    refused = 0;
  }

  /** Of the connections since {@link #countAnew}, the part that went to this server. */
  double share(int server) {
    int all = refused + Arrays.stream(chosen).sum();
    return all == 0 ? 0 : (double) chosen[server] / all;
  }

  double refusedShare() {
    int all = refused + Arrays.stream(chosen).sum();
    return all == 0 ? 0 : (double) refused / all;
  }

  int open(int server) {
    return open[server];
  }

  /** When a connection ends; the number decides between two of one moment. */
  private record End(long nanos, long number, int server, Connection connection) {}

  private final class VirtualTime implements Ticker {
    @Override
    public long nanoTime() {
      return now;
    }

    @Override
    public Instant now() {
      return Instant.EPOCH.plusNanos(now);
    }
  }
}

package io.jvs.benchmarks;

import io.jvs.balancing.Connection;
import io.jvs.balancing.LoadBalancer;
import io.jvs.model.Flow;
import io.jvs.model.RealServer;
import io.jvs.model.VirtualService;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Something that finds a server for a flow and counts it until it is closed: ours, or the least
 * that a program could do by hand. Each is measured in a virtual machine of its own.
 */
abstract class Subject {
  /** Ours by the floor that it is compared with; random is below them all. */
  static final Map<String, String> FLOORS =
      Map.of("rr", "counter", "wrr", "counter", "lc", "scan", "wlc", "scan");

  /** A choice, which {@link #close} takes back. */
  abstract Object open(Flow flow);

  abstract void close(Object opened);

  /** By the name of a policy of ours, or of a floor. */
  static Subject create(String name, int servers) {
    return switch (name) {
      case "random" -> new RandomFloor(servers);
      case "counter" -> new CounterFloor(servers);
      case "scan" -> new ScanFloor(servers);
      default -> new Ours(name, servers);
    };
  }

  /** A load balancer as an application uses it; weights are 1 to 4 where they matter. */
  private static final class Ours extends Subject {
    private final LoadBalancer balancer;

    Ours(String policy, int size) {
      List<RealServer> servers = new ArrayList<>();
      for (int i = 0; i < size; i++) {
        String address = "10." + (i >> 16) + "." + (i >> 8 & 0xFF) + "." + (i & 0xFF) + ":80";
        servers.add(RealServer.of(address).withWeight(policy.startsWith("w") ? 1 + i % 4 : 1));
      }
      balancer =
          LoadBalancer.of(
              VirtualService.inProcess("bench").scheduler(policy).realServers(servers).build());
    }

    @Override
    Object open(Flow flow) {
      return balancer.admit(flow);
    }

    @Override
    void close(Object opened) {
      ((Connection) opened).close();
    }
  }

  /** A server of a floor: its count alone on its cache lines, as ours has. */
  private static final class Server extends AtomicInteger {
    private static final long serialVersionUID = 1;

    @SuppressWarnings("unused")
    private transient long p1, p2, p3, p4, p5, p6, p7, p8, p9, p10, p11, p12, p13, p14, p15;
  }

  /** An array of servers without health, weights, limits or changes. */
  private abstract static class Floor extends Subject {
    final Server[] servers;

    Floor(int size) {
      servers = new Server[size];
      for (int i = 0; i < size; i++) {
        servers[i] = new Server();
      }
    }

    @Override
    final Object open(Flow flow) {
      Server server = servers[choose()];
      server.getAndIncrement();
      return server;
    }

    abstract int choose();

    @Override
    final void close(Object opened) {
      ((Server) opened).getAndDecrement();
    }
  }

  /** Any server. */
  private static final class RandomFloor extends Floor {
    RandomFloor(int size) {
      super(size);
    }

    @Override
    int choose() {
      return ThreadLocalRandom.current().nextInt(servers.length);
    }
  }

  /** One after the other. */
  private static final class CounterFloor extends Floor {
    private final AtomicInteger next = new AtomicInteger();

    CounterFloor(int size) {
      super(size);
    }

    @Override
    int choose() {
      return Integer.remainderUnsigned(next.getAndIncrement(), servers.length);
    }
  }

  /** The smallest count, by looking at all. */
  private static final class ScanFloor extends Floor {
    ScanFloor(int size) {
      super(size);
    }

    @Override
    int choose() {
      int best = 0;
      int least = Integer.MAX_VALUE;
      for (int i = 0; i < servers.length; i++) {
        int count = servers[i].get();
        if (count < least) {
          least = count;
          best = i;
        }
      }
      return best;
    }
  }
}

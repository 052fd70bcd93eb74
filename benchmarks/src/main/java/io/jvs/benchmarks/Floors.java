package io.jvs.benchmarks;

import io.jvs.model.Flow;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The least that a program could do by hand: an array of servers without health, weights, limits or
 * changes. What a policy costs more than this is what those things cost.
 */
final class Floors implements Contender {
  static final String COLUMN = "floor";

  @Override
  public String column() {
    return COLUMN;
  }

  @Override
  public Set<Row> rows() {
    return Set.of(Row.RANDOM, Row.RR, Row.RR_COUNTED, Row.P2C, Row.LC, Row.MH, Row.PERSISTENT);
  }

  /** None: nothing here ever changes. */
  @Override
  public Set<Row> pools() {
    return Set.of();
  }

  @Override
  public Subject create(Row row, int servers) {
    return switch (row) {
      case RANDOM -> new AnyServer(servers);
      case RR -> new NextServer(servers);
      case RR_COUNTED -> new NextServerCounted(servers);
      case P2C -> new LessLoadedOfTwo(servers);
      case LC -> new LeastLoaded(servers);
      case MH -> new HashedServer(servers);
      case PERSISTENT -> new RememberedServer(servers);
      default -> throw new IllegalArgumentException(row + " has no floor of its own");
    };
  }

  /** A server: its count alone on its cache lines, as ours has. */
  private static final class Server extends AtomicInteger {
    private static final long serialVersionUID = 1;

    final int place;

    @SuppressWarnings("unused")
    private transient long p1, p2, p3, p4, p5, p6, p7, p8, p9, p10, p11, p12, p13, p14, p15;

    Server(int place) {
      this.place = place;
    }
  }

  /** Chooses; counts nothing. */
  private abstract static class Floor extends Subject {
    final Server[] servers;

    Floor(int size) {
      servers = new Server[size];
      for (int i = 0; i < size; i++) {
        servers[i] = new Server(i);
      }
    }

    @Override
    public final int serve(Flow flow) {
      Object opened = open(flow);
      close(opened, 0);
      return ((Server) opened).place;
    }

    @Override
    public abstract Object open(Flow flow);
  }

  /** Chooses and counts. */
  private abstract static class CountingFloor extends Floor {
    CountingFloor(int size) {
      super(size);
    }

    abstract Server choose();

    @Override
    public final Object open(Flow flow) {
      Server server = choose();
      server.getAndIncrement();
      return server;
    }

    @Override
    public final void close(Object opened, long began) {
      ((Server) opened).getAndDecrement();
    }
  }

  private static final class AnyServer extends Floor {
    AnyServer(int size) {
      super(size);
    }

    @Override
    public Object open(Flow flow) {
      return servers[ThreadLocalRandom.current().nextInt(servers.length)];
    }
  }

  private static final class NextServer extends Floor {
    private final AtomicInteger next = new AtomicInteger();

    NextServer(int size) {
      super(size);
    }

    @Override
    public Object open(Flow flow) {
      return servers[Integer.remainderUnsigned(next.getAndIncrement(), servers.length)];
    }
  }

  private static final class NextServerCounted extends CountingFloor {
    private final AtomicInteger next = new AtomicInteger();

    NextServerCounted(int size) {
      super(size);
    }

    @Override
    Server choose() {
      return servers[Integer.remainderUnsigned(next.getAndIncrement(), servers.length)];
    }
  }

  private static final class LessLoadedOfTwo extends CountingFloor {
    LessLoadedOfTwo(int size) {
      super(size);
    }

    @Override
    Server choose() {
      ThreadLocalRandom random = ThreadLocalRandom.current();
      int first = random.nextInt(servers.length);
      int second = random.nextInt(servers.length - 1);
      Server one = servers[first];
      Server other = servers[second < first ? second : second + 1];
      return one.get() <= other.get() ? one : other;
    }
  }

  /** By looking at all of them. */
  private static final class LeastLoaded extends CountingFloor {
    LeastLoaded(int size) {
      super(size);
    }

    @Override
    Server choose() {
      Server best = servers[0];
      int least = Integer.MAX_VALUE;
      for (Server server : servers) {
        int count = server.get();
        if (count < least) {
          least = count;
          best = server;
        }
      }
      return best;
    }
  }

  /** By the client's address, through a table as Maglev's. */
  private static final class HashedServer extends Floor {
    private final Server[] table = new Server[4096];

    HashedServer(int size) {
      super(size);
      for (int i = 0; i < table.length; i++) {
        table[i] = servers[i % size];
      }
    }

    @Override
    public Object open(Flow flow) {
      return table[(int) ((flow.clientLow() * 0x9E3779B97F4A7C15L) >>> 52)];
    }
  }

  /** By the client's address, in a map that knows all clients. */
  private static final class RememberedServer extends Floor {
    private final Map<Long, Server> byClient = new ConcurrentHashMap<>();

    RememberedServer(int size) {
      super(size);
    }

    @Override
    public Object open(Flow flow) {
      long client = flow.clientLow();
      Server known = byClient.get(client);
      return known != null
          ? known
          : byClient.computeIfAbsent(client, c -> servers[(int) (c % servers.length)]);
    }
  }
}

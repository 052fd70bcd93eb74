package io.jvs.benchmarks;

import io.jvs.balancing.Admission;
import io.jvs.balancing.Connection;
import io.jvs.balancing.LoadBalancer;
import io.jvs.balancing.Slot;
import io.jvs.model.Flow;
import io.jvs.model.Persistence;
import io.jvs.model.RealServer;
import io.jvs.model.VirtualService;
import io.jvs.scheduling.Schedulers;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Our policies, one column for each way to call them. A way without a row in the table has that
 * row's policy in another way.
 */
enum Jvs implements Contender {
  /** {@code pick}: chooses and counts nothing. */
  PICK("JVS pick") {
    @Override
    Set<Row> offered() {
      return EnumSet.of(Row.RR, Row.WRR, Row.SWRR, Row.MH, Row.SH, Row.PERSISTENT);
    }

    @Override
    public Subject create(Row row, int servers) {
      return new Picked(balancer(row, servers));
    }
  },
  /** {@code take}, then {@code release}: counts without an object for each. */
  TAKE("JVS take") {
    @Override
    Set<Row> offered() {
      return EnumSet.of(
          Row.RR_COUNTED,
          Row.WRR_COUNTED,
          Row.SWRR_COUNTED,
          Row.P2C,
          Row.EWMA,
          Row.LC,
          Row.WLC,
          Row.SED,
          Row.NQ);
    }

    @Override
    public Subject create(Row row, int servers) {
      LoadBalancer balancer = balancer(row, servers);
      return row == Row.EWMA ? new Timed(balancer) : new Taken(balancer);
    }
  },
  /** {@code admit}, then {@code close}: an object for each connection. */
  CONNECTION("JVS Connection") {
    @Override
    Set<Row> offered() {
      return EnumSet.of(
          Row.RR_COUNTED, Row.WRR_COUNTED, Row.P2C, Row.EWMA, Row.WLC, Row.MH, Row.PERSISTENT);
    }

    @Override
    public Subject create(Row row, int servers) {
      return new Admitted(balancer(row, servers));
    }
  };

  private final String column;

  Jvs(String column) {
    this.column = column;
  }

  /** What is measured this way, should the policy exist. */
  abstract Set<Row> offered();

  @Override
  public String column() {
    return column;
  }

  @Override
  public Set<Row> rows() {
    return existing(offered());
  }

  /** One way has them all: changes cost the same however a server is asked for. */
  @Override
  public Set<Row> pools() {
    return this == CONNECTION ? existing(EnumSet.allOf(Row.class)) : Set.of();
  }

  @Override
  public Pool pool(Row row, int servers) {
    return new JvsPool(row, servers);
  }

  private static Set<Row> existing(Set<Row> rows) {
    rows.removeIf(row -> !Schedulers.builtIn().names().contains(row.policy()));
    return rows;
  }

  static LoadBalancer balancer(Row row, int servers) {
    return LoadBalancer.of(service(row, servers));
  }

  static VirtualService service(Row row, int servers) {
    List<RealServer> list = new ArrayList<>();
    for (int i = 0; i < servers; i++) {
      list.add(server(row, i));
    }
    VirtualService.Builder service = VirtualService.inProcess("bench").scheduler(row.policy());
    if (row == Row.PERSISTENT) {
      service.persistence(new Persistence.SourceNetwork(Duration.ofDays(1), 32, 128));
    }
    return service.realServers(list).build();
  }

  static RealServer server(Row row, int place) {
    return RealServer.of(
            "10." + (place >> 16) + "." + (place >> 8 & 0xFF) + "." + (place & 0xFF) + ":80")
        .withWeight(row.weight(place));
  }

  /** A load balancer, and where in the list each of its servers stands. */
  private abstract static class Ours extends Subject {
    final LoadBalancer balancer;
    private final Map<InetSocketAddress, Integer> places = new HashMap<>();

    Ours(LoadBalancer balancer) {
      this.balancer = balancer;
      for (RealServer server : balancer.service().realServers()) {
        places.put(server.address(), places.size());
      }
    }

    final int place(RealServer server) {
      return places.getOrDefault(server.address(), -1);
    }
  }

  private static final class Picked extends Ours {
    Picked(LoadBalancer balancer) {
      super(balancer);
    }

    @Override
    public @Nullable Object open(Flow flow) {
      return balancer.pick(flow);
    }

    @Override
    public int serve(Flow flow) {
      return place(Objects.requireNonNull(balancer.pick(flow)));
    }
  }

  private static class Taken extends Ours {
    Taken(LoadBalancer balancer) {
      super(balancer);
    }

    @Override
    public final @Nullable Object open(Flow flow) {
      return balancer.take(flow);
    }

    @Override
    public void close(Object opened, long began) {
      ((Slot) opened).release();
    }

    @Override
    public final int serve(Flow flow) {
      long began = now();
      Slot slot = Objects.requireNonNull(balancer.take(flow));
      close(slot, began);
      return place(slot.server());
    }
  }

  /** Says how long the work took, as a caller of a policy that learns from it has to. */
  private static final class Timed extends Taken {
    Timed(LoadBalancer balancer) {
      super(balancer);
    }

    @Override
    public long now() {
      return System.nanoTime();
    }

    @Override
    public void close(Object opened, long began) {
      ((Slot) opened).release(System.nanoTime() - began, false);
    }
  }

  private static final class Admitted extends Ours {
    Admitted(LoadBalancer balancer) {
      super(balancer);
    }

    @Override
    public Object open(Flow flow) {
      return balancer.admit(flow);
    }

    @Override
    public void close(Object opened, long began) {
      ((Connection) opened).close();
    }

    @Override
    public int serve(Flow flow) {
      Admission answer = balancer.admit(flow);
      if (!(answer instanceof Connection connection)) {
        throw new IllegalStateException(flow + ": " + answer);
      }
      connection.close();
      return place(connection.server());
    }
  }
}

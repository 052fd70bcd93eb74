package io.jvs.benchmarks;

import io.jvs.balancing.Admission;
import io.jvs.balancing.Connection;
import io.jvs.balancing.LoadBalancer;
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
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Our policies, one column for each way to call them. A way without a row in the table has that
 * row's policy in another way.
 */
enum Jvs implements Contender {
  /** {@code admit}, then {@code close}: an object for each connection. */
  CONNECTION("JVS Connection") {
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
          Row.NQ,
          Row.MH,
          Row.SH,
          Row.PERSISTENT);
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

  /** What can be called this way, should the policy exist. */
  abstract Set<Row> offered();

  @Override
  public String column() {
    return column;
  }

  /** Those whose policy exists. */
  @Override
  public Set<Row> rows() {
    Set<Row> existing = offered();
    existing.removeIf(row -> !Schedulers.builtIn().names().contains(row.policy()));
    return existing;
  }

  /** Changes cost the same however it is called. */
  @Override
  public @Nullable Pool pool(Row row, int servers) {
    return this == CONNECTION ? new JvsPool(row, servers) : null;
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

  private static final class Admitted extends Ours {
    Admitted(LoadBalancer balancer) {
      super(balancer);
    }

    @Override
    public Object open(Flow flow) {
      return balancer.admit(flow);
    }

    @Override
    public void close(Object opened) {
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

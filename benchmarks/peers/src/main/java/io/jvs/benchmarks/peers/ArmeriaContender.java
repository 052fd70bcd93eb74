package io.jvs.benchmarks.peers;

import com.linecorp.armeria.common.loadbalancer.LoadBalancer;
import com.linecorp.armeria.common.loadbalancer.SimpleLoadBalancer;
import io.jvs.benchmarks.Contender;
import io.jvs.benchmarks.Pool;
import io.jvs.benchmarks.Row;
import io.jvs.benchmarks.Subject;
import io.jvs.model.Flow;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Armeria's public load balancers, of which its endpoint selection strategies are made. */
public final class ArmeriaContender implements Contender {
  @Override
  public String column() {
    return "Armeria";
  }

  @Override
  public Set<Row> rows() {
    return EnumSet.of(Row.RR, Row.WRR);
  }

  @Override
  public Subject create(Row row, int servers) {
    return new Chosen(balancer(row, new Places(servers).list()));
  }

  @Override
  public Pool pool(Row row, int servers) {
    return new Rebuilt(row, servers);
  }

  private static SimpleLoadBalancer<Integer> balancer(Row row, List<Integer> places) {
    return switch (row) {
      case RR -> LoadBalancer.ofRoundRobin(places);
      case WRR -> LoadBalancer.ofWeightedRoundRobin(places, row::weight);
      default -> throw new IllegalArgumentException(row.toString());
    };
  }

  /** Any object may be a server: here its place in the list. */
  private record Places(int count) {
    List<Integer> list() {
      List<Integer> places = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        places.add(i);
      }
      return places;
    }
  }

  private static final class Chosen extends Subject {
    private final SimpleLoadBalancer<Integer> balancer;

    Chosen(SimpleLoadBalancer<Integer> balancer) {
      this.balancer = balancer;
    }

    @Override
    public @Nullable Object open(Flow flow) {
      return balancer.pick();
    }

    @Override
    public int serve(Flow flow) {
      return Objects.requireNonNull(balancer.pick());
    }
  }

  /** A changed list means a new load balancer. */
  private static final class Rebuilt implements Pool {
    private final Row row;
    private final List<Integer> places;
    private int known;

    @SuppressWarnings("unused") // kept, as an endpoint group would
    private volatile SimpleLoadBalancer<Integer> balancer;

    Rebuilt(Row row, int servers) {
      this.row = row;
      this.places = new Places(servers).list();
      this.known = servers;
      this.balancer = balancer(row, places);
    }

    @Override
    public void prepare(int place) {
      places.set(place, known++);
    }

    @Override
    public void replace() {
      balancer = balancer(row, places);
    }
  }
}

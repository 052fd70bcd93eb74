package io.jvs.benchmarks.peers;

import io.jvs.benchmarks.Contender;
import io.jvs.benchmarks.Pool;
import io.jvs.benchmarks.Row;
import io.jvs.benchmarks.Subject;
import io.jvs.model.Flow;
import io.vertx.core.net.SocketAddress;
import io.vertx.core.net.endpoint.InteractionMetrics;
import io.vertx.core.net.endpoint.LoadBalancer;
import io.vertx.core.net.endpoint.ServerEndpoint;
import io.vertx.core.net.endpoint.ServerInteraction;
import io.vertx.core.net.endpoint.ServerSelector;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Vert.x's load balancers over endpoints of our own, told of each request as its clients do. */
public final class VertxContender implements Contender {
  @Override
  public String column() {
    return "Vert.x";
  }

  @Override
  public Set<Row> rows() {
    return EnumSet.of(Row.RANDOM, Row.RR, Row.P2C, Row.LC);
  }

  @Override
  public Subject create(Row row, int servers) {
    LoadBalancer balancer = balancer(row);
    List<Endpoint> endpoints = endpoints(balancer, servers);
    ServerSelector selector = balancer.selector(endpoints);
    return row == Row.RR || row == Row.RANDOM
        ? new Chosen(selector, endpoints)
        : new Counted(selector, endpoints);
  }

  @Override
  public Pool pool(Row row, int servers) {
    return new Rebuilt(balancer(row), servers);
  }

  private static LoadBalancer balancer(Row row) {
    return switch (row) {
      case RANDOM -> LoadBalancer.RANDOM;
      case RR -> LoadBalancer.ROUND_ROBIN;
      case P2C -> LoadBalancer.POWER_OF_TWO_CHOICES;
      case LC -> LoadBalancer.LEAST_REQUESTS;
      default -> throw new IllegalArgumentException(row.toString());
    };
  }

  private static List<Endpoint> endpoints(LoadBalancer balancer, int servers) {
    List<Endpoint> endpoints = new ArrayList<>();
    for (int i = 0; i < servers; i++) {
      endpoints.add(new Endpoint(i, balancer));
    }
    return endpoints;
  }

  private static final class Endpoint implements ServerEndpoint {
    final int place;
    final InteractionMetrics<Object> metrics;
    private final SocketAddress address;

    @SuppressWarnings("unchecked") // what its requests are is the balancer's own business
    Endpoint(int place, LoadBalancer balancer) {
      this.place = place;
      this.metrics = (InteractionMetrics<Object>) balancer.newMetrics();
      this.address = SocketAddress.inetSocketAddress(80, Addresses.of(place).getHostAddress());
    }

    @Override
    public String key() {
      return address.host();
    }

    @Override
    public SocketAddress address() {
      return address;
    }

    @Override
    public @Nullable String protocolId() {
      return null;
    }

    @Override
    public ServerInteraction newInteraction() {
      throw new UnsupportedOperationException("nobody connects to it");
    }

    @Override
    public InteractionMetrics<?> metrics() {
      return metrics;
    }

    @Override
    public Object unwrap() {
      return this;
    }
  }

  /** Policies that hear of no requests. */
  private static final class Chosen extends Subject {
    private final ServerSelector selector;
    private final List<Endpoint> endpoints;

    Chosen(ServerSelector selector, List<Endpoint> endpoints) {
      this.selector = selector;
      this.endpoints = endpoints;
    }

    @Override
    public Object open(Flow flow) {
      int index = selector.select();
      return endpoints.get(index < 0 ? 0 : index); // negative after 2^31 choices
    }

    @Override
    public int serve(Flow flow) {
      return ((Endpoint) open(flow)).place;
    }
  }

  private static final class Counted extends Subject {
    private final ServerSelector selector;
    private final List<Endpoint> endpoints;

    Counted(ServerSelector selector, List<Endpoint> endpoints) {
      this.selector = selector;
      this.endpoints = endpoints;
    }

    @Override
    public Object open(Flow flow) {
      Endpoint endpoint = endpoints.get(selector.select());
      Object request = endpoint.metrics.initiateRequest();
      endpoint.metrics.reportRequestBegin(request);
      return new Request(endpoint, request);
    }

    @Override
    public void close(Object opened, long began) {
      Request request = (Request) opened;
      InteractionMetrics<Object> metrics = request.endpoint().metrics;
      metrics.reportRequestEnd(request.metric());
      metrics.reportResponseBegin(request.metric());
      metrics.reportResponseEnd(request.metric());
    }

    @Override
    public int serve(Flow flow) {
      Object opened = open(flow);
      close(opened, 0);
      return ((Request) opened).endpoint().place;
    }
  }

  /** 24 bytes of what is measured are this. */
  private record Request(Endpoint endpoint, Object metric) {}

  /** A changed list means a new selector; endpoints that stay keep their counts. */
  private static final class Rebuilt implements Pool {
    private final LoadBalancer balancer;
    private final List<Endpoint> endpoints;
    private int known;

    @SuppressWarnings("unused") // kept, as a client would
    private volatile ServerSelector selector;

    Rebuilt(LoadBalancer balancer, int servers) {
      this.balancer = balancer;
      this.endpoints = endpoints(balancer, servers);
      this.known = servers;
      this.selector = balancer.selector(endpoints);
    }

    @Override
    public void prepare(int place) {
      endpoints.set(place, new Endpoint(known++, balancer));
    }

    @Override
    public void replace() {
      selector = balancer.selector(List.copyOf(endpoints));
    }
  }
}

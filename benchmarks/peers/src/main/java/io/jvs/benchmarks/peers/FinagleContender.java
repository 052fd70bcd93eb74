package io.jvs.benchmarks.peers;

import com.twitter.finagle.Address;
import com.twitter.finagle.ClientConnection;
import com.twitter.finagle.NoBrokersAvailableException;
import com.twitter.finagle.Service;
import com.twitter.finagle.ServiceFactory;
import com.twitter.finagle.Stack;
import com.twitter.finagle.Status;
import com.twitter.finagle.loadbalancer.Balancers;
import com.twitter.finagle.loadbalancer.EndpointFactory;
import com.twitter.finagle.loadbalancer.LoadBalancerFactory;
import com.twitter.util.Activity;
import com.twitter.util.Activity$;
import com.twitter.util.Await;
import com.twitter.util.Future;
import com.twitter.util.Time;
import com.twitter.util.Updatable;
import com.twitter.util.Var;
import com.twitter.util.Var$;
import io.jvs.benchmarks.Contender;
import io.jvs.benchmarks.Pool;
import io.jvs.benchmarks.Row;
import io.jvs.benchmarks.Subject;
import io.jvs.model.Flow;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import scala.collection.immutable.IndexedSeq;
import scala.jdk.javaapi.CollectionConverters;
import scala.runtime.BoxedUnit;

/**
 * Finagle's balancers: a choice is a service that is acquired and closed again. They ask a server
 * for its status at each choice, so that a flip of health costs them nothing.
 */
public final class FinagleContender implements Contender {
  @Override
  public String column() {
    return "Finagle";
  }

  @Override
  public Set<Row> rows() {
    return EnumSet.of(Row.RR, Row.P2C, Row.EWMA, Row.LC);
  }

  @Override
  public Subject create(Row row, int servers) {
    return new Acquired(balancer(row, Var$.MODULE$.apply(ok(endpoints(servers)))));
  }

  @Override
  public Pool pool(Row row, int servers) {
    return new Updated(row, servers);
  }

  private static ServiceFactory<Object, Integer> balancer(
      Row row, Var<Activity.State<IndexedSeq<EndpointFactory<Object, Integer>>>> servers) {
    LoadBalancerFactory policy =
        switch (row) {
          case RR -> Balancers.roundRobin();
          case P2C -> Balancers.p2c(Balancers.p2c$default$1());
          case EWMA ->
              Balancers.p2cPeakEwma(
                  Balancers.p2cPeakEwma$default$1(), Balancers.p2cPeakEwma$default$2());
          case LC -> Balancers.heap(Balancers.heap$default$1());
          default -> throw new IllegalArgumentException(row.toString());
        };
    return policy.newBalancer(
        Activity$.MODULE$.apply(servers),
        new NoBrokersAvailableException("benchmark"),
        Stack.Params$.MODULE$.empty());
  }

  private static List<EndpointFactory<Object, Integer>> endpoints(int servers) {
    List<EndpointFactory<Object, Integer>> endpoints = new ArrayList<>();
    for (int i = 0; i < servers; i++) {
      endpoints.add(new Endpoint(i));
    }
    return endpoints;
  }

  private static Activity.State<IndexedSeq<EndpointFactory<Object, Integer>>> ok(
      List<EndpointFactory<Object, Integer>> endpoints) {
    return new Activity.Ok<>(CollectionConverters.asScala(endpoints).toIndexedSeq());
  }

  /** A server that is always open, and whose services say which one it is. */
  private static final class Endpoint extends ServiceFactory<Object, Integer>
      implements EndpointFactory<Object, Integer> {
    private final int place;
    private final Address address;

    Endpoint(int place) {
      this.place = place;
      this.address = Address.apply(new InetSocketAddress(Addresses.of(place), 80));
    }

    @Override
    public Address address() {
      return address;
    }

    @Override
    public void remake() {}

    @Override
    public Future<Service<Object, Integer>> apply(ClientConnection connection) {
      return Future.value(
          new Service<>() {
            @Override
            public Future<Integer> apply(Object request) {
              return Future.value(place);
            }
          });
    }

    @Override
    public Future<BoxedUnit> close(Time deadline) {
      return Future.Done();
    }

    @Override
    public Status status() {
      return Status.Open$.MODULE$;
    }
  }

  private static final class Acquired extends Subject {
    private final ServiceFactory<Object, Integer> balancer;

    Acquired(ServiceFactory<Object, Integer> balancer) {
      this.balancer = balancer;
    }

    @Override
    public Object open(Flow flow) {
      try {
        return Await.result(balancer.apply());
      } catch (Exception e) { // whatever the future failed with
        throw new IllegalStateException(e);
      }
    }

    @Override
    public void close(Object opened, long began) {
      ((Service<?, ?>) opened).close();
    }

    @Override
    public int serve(Flow flow) {
      try {
        Service<Object, Integer> service = Await.result(balancer.apply());
        int place = Await.result(service.apply(flow));
        service.close();
        return place;
      } catch (Exception e) { // whatever a future failed with
        throw new IllegalStateException(e);
      }
    }
  }

  private static final class Updated implements Pool {
    private final List<EndpointFactory<Object, Integer>> endpoints;
    private final Var<Activity.State<IndexedSeq<EndpointFactory<Object, Integer>>>> servers;

    @SuppressWarnings("unused") // hears of updates as long as it is there
    private final ServiceFactory<Object, Integer> balancer;

    private Activity.State<IndexedSeq<EndpointFactory<Object, Integer>>> next;
    private int known;

    Updated(Row row, int size) {
      endpoints = endpoints(size);
      known = size;
      next = ok(endpoints);
      servers = Var$.MODULE$.apply(next);
      balancer = balancer(row, servers);
    }

    @Override
    public void prepare(int place) {
      endpoints.set(place, new Endpoint(known++));
      next = ok(endpoints);
    }

    @Override
    @SuppressWarnings("unchecked") // Scala says "with Updatable", which Java's types cannot
    public void replace() {
      ((Updatable<Activity.State<IndexedSeq<EndpointFactory<Object, Integer>>>>) servers)
          .update(next);
    }
  }
}

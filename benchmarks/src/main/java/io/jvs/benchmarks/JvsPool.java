package io.jvs.benchmarks;

import io.jvs.balancing.LoadBalancer;
import io.jvs.model.RealServer;
import io.jvs.model.VirtualService;
import java.util.ArrayList;
import java.util.List;

/** One of ours whose definition is applied anew for each change. */
final class JvsPool implements Pool {
  private final Row row;
  private final LoadBalancer balancer;
  private final List<RealServer> servers;
  private VirtualService next;
  private int known;

  JvsPool(Row row, int size) {
    this.row = row;
    next = Jvs.service(row, size);
    servers = new ArrayList<>(next.realServers());
    known = size;
    balancer = LoadBalancer.of(next);
  }

  @Override
  public void prepare(int place) {
    servers.set(place, Jvs.server(row, known++));
    next = next.toBuilder().realServers(servers).build();
  }

  @Override
  public void replace() {
    balancer.apply(next);
  }

  @Override
  public boolean flips() {
    return true;
  }

  @Override
  public void flip(int place) {
    down(place);
    up(place);
  }

  void down(int place) {
    balancer.markDown(servers.get(place).address(), "benchmark");
  }

  void up(int place) {
    balancer.markUp(servers.get(place).address());
  }

  LoadBalancer balancer() {
    return balancer;
  }
}

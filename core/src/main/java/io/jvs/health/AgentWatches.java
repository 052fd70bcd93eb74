package io.jvs.health;

import io.jvs.balancing.LoadBalancer;
import io.jvs.balancing.Orderer;
import io.jvs.balancing.RendezvousSubset;
import io.jvs.balancing.StandingOrder;
import io.jvs.model.AgentDeclaration;
import io.jvs.model.RealServer;
import io.jvs.model.VirtualService;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/** The agents of one service's servers, by address. Timer thread only. */
final class AgentWatches {
  private final LoadBalancer balancer;
  private final CheckRunner runner;
  private final RandomGenerator random;
  private final Map<InetSocketAddress, AgentWatch> watches = new LinkedHashMap<>();

  AgentWatches(LoadBalancer balancer, CheckRunner runner, RandomGenerator random) {
    this.balancer = balancer;
    this.runner = runner;
    this.random = random;
  }

  void follow(VirtualService service) {
    Map<InetSocketAddress, AgentWatch> gone = new HashMap<>(watches);
    AgentDeclaration agent = service.agent();
    if (agent != null) {
      for (RealServer server : RendezvousSubset.of(service)) {
        AgentWatch present = gone.remove(server.address());
        if (present == null) {
          AgentWatch fresh = new AgentWatch(balancer, runner, service, server, agent);
          watches.put(server.address(), fresh);
          fresh.start(random);
        } else {
          present.follow(service, server, agent);
        }
      }
    }
    gone.forEach(
        (address, watch) -> {
          watch.stop();
          watches.remove(address);
          watch.takeBack();
        });
    if (agent == null) {
      takeBackOrders(service);
    }
  }

  /** Orders outlive what made them: a server's absence, or a restart. */
  private void takeBackOrders(VirtualService service) {
    Set<InetSocketAddress> listed =
        service.realServers().stream().map(RealServer::address).collect(Collectors.toSet());
    for (StandingOrder each : balancer.control().orders()) {
      if (each.orderer() == Orderer.AGENT && listed.contains(each.server())) {
        try {
          balancer.control().order(each.server(), Orderer.AGENT, null);
        } catch (IllegalArgumentException e) {
          // It has left again in the meantime.
        }
      }
    }
  }

  void stop() {
    watches.values().forEach(AgentWatch::stop);
  }
}

package io.jvs.kernel.ipvs;

import io.jvs.balancing.RendezvousSubset;
import io.jvs.balancing.ServerStatus;
import io.jvs.balancing.ServiceStatus;
import io.jvs.model.ConnectionLimits;
import io.jvs.model.HealthDeclaration;
import io.jvs.model.RealServer;
import io.jvs.model.VirtualService;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A definition and how its servers stand.
 *
 * @param servers those that are used, in the order of adding
 * @param quorumLost whether real servers get nothing new
 */
record ServiceWish(VirtualService service, List<ServerWish> servers, boolean quorumLost) {
  ServiceWish {
    servers = List.copyOf(servers);
  }

  /** As the definition says, with nobody down. */
  static ServiceWish asDefined(VirtualService service) {
    List<ServerWish> servers = new ArrayList<>();
    for (RealServer server : RendezvousSubset.of(service)) {
      servers.add(new ServerWish(server, server.weight(), ServerWish.Use.USED));
    }
    return new ServiceWish(service, servers, false);
  }

  /**
   * As the definition says, with servers as they stand.
   *
   * @param status of the service, which may not have followed to the definition yet
   */
  static ServiceWish of(VirtualService definition, ServiceStatus status) {
    List<ServerWish> servers = new ArrayList<>();
    List<ServerStatus> newestFirst = status.servers();
    if (status.service().equals(definition)) {
      for (int i = newestFirst.size() - 1; i >= 0; i--) {
        ServerStatus each = newestFirst.get(i);
        servers.add(ServerWish.of(each.server(), each, each.weight()));
      }
      return new ServiceWish(definition, servers, status.quorumLost());
    }
    Map<InetSocketAddress, RealServer> wanted = new HashMap<>();
    for (RealServer server : RendezvousSubset.of(definition)) {
      wanted.put(server.address(), server);
    }
    for (int i = newestFirst.size() - 1; i >= 0; i--) { // those that stay keep their places
      ServerStatus each = newestFirst.get(i);
      RealServer server = wanted.remove(each.server().address());
      if (server != null) {
        servers.add(ServerWish.of(server, each, weight(server, each)));
      }
    }
    for (RealServer server : RendezvousSubset.of(definition)) {
      if (wanted.containsKey(server.address())) {
        servers.add(fresh(definition, server));
      }
    }
    return new ServiceWish(definition, servers, status.quorumLost());
  }

  /** The same with other connection limits than the configured ones, such as an agent's. */
  ServiceWish withLimits(Map<InetSocketAddress, ConnectionLimits> limits) {
    if (limits.isEmpty()) {
      return this;
    }
    List<ServerWish> limited = new ArrayList<>();
    for (ServerWish each : servers) {
      ConnectionLimits other = limits.get(each.server().address());
      limited.add(
          other == null
              ? each
              : new ServerWish(each.server().withLimits(other), each.weight(), each.use()));
    }
    return new ServiceWish(service, limited, quorumLost);
  }

  private static ServerWish fresh(VirtualService definition, RealServer server) {
    HealthDeclaration health = server.health() == null ? definition.health() : server.health();
    boolean unknown = health != null && health.startsDown();
    return new ServerWish(
        server, server.weight(), unknown ? ServerWish.Use.UNKNOWN : ServerWish.Use.USED);
  }

  /** Until the load balancer has worked it out: the same part of the new weight as of the old. */
  private static double weight(RealServer server, ServerStatus before) {
    int configured = before.server().weight();
    return configured == 0 ? server.weight() : server.weight() * before.weight() / configured;
  }
}

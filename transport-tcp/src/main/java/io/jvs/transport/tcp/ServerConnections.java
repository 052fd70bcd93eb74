package io.jvs.transport.tcp;

import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/**
 * The connections of a service by real server, so that those of one can be reset without a walk
 * over all others. Any thread.
 */
final class ServerConnections {
  private final Map<InetSocketAddress, Set<ProxiedConnection>> byServer = new ConcurrentHashMap<>();

  void add(InetSocketAddress server, ProxiedConnection connection) {
    Set<ProxiedConnection> present = byServer.get(server);
    if (present == null) {
      present = byServer.computeIfAbsent(server, address -> ConcurrentHashMap.newKeySet());
    }
    present.add(connection);
  }

  void remove(InetSocketAddress server, ProxiedConnection connection) {
    Set<ProxiedConnection> present = byServer.get(server);
    if (present != null) {
      present.remove(connection);
    }
  }

  void reset(InetSocketAddress server, String why) {
    for (ProxiedConnection connection : byServer.getOrDefault(server, Set.of())) {
      connection.resetFrom(server, why);
    }
  }

  /**
   * Forgets servers without connections. Not those that may be chosen: a set that is thrown away
   * must not get a connection.
   */
  void forget(Predicate<InetSocketAddress> unlisted) {
    byServer.entrySet().removeIf(e -> unlisted.test(e.getKey()) && e.getValue().isEmpty());
  }
}

package io.jvs.examples;

import io.jvs.balancing.Connection;
import io.jvs.balancing.LoadBalancer;
import io.jvs.model.Flow;
import io.jvs.model.Persistence;
import io.jvs.model.SocketAddresses;
import io.jvs.model.VirtualService;
import java.time.Duration;
import java.util.List;

/**
 * A client behind a big proxy farm, whose connections come from another address of the farm each
 * time. Remembered by its network instead of its address it keeps its real server; ipvsadm does the
 * same with {@code -p 360 -M 255.255.255.0}.
 */
public final class Megaproxy {
  private Megaproxy() {}

  /** Clients of one /24 (IPv6: /64) are one client. */
  public static VirtualService byNetwork() {
    return VirtualService.tcp("192.0.2.10", 80)
        .name("shop")
        .scheduler("rr")
        .persistence(new Persistence.SourceNetwork(Duration.ofMinutes(6), 24, 64))
        .realServer("10.0.0.1:80")
        .realServer("10.0.0.2:80")
        .build();
  }

  /** The real server of a connection from this address. */
  public static String serverFor(LoadBalancer shop, String client) {
    Flow flow = Flow.tcp(SocketAddresses.parse(client), SocketAddresses.parse("192.0.2.10:80"));
    try (Connection connection = (Connection) shop.admit(flow)) {
      return connection.server().name();
    }
  }

  /** Prints where connections from three exits of one farm and from a stranger go. */
  public static void main(String[] arguments) {
    try (LoadBalancer shop = LoadBalancer.of(byNetwork())) {
      for (String client :
          List.of("198.51.100.1:1", "198.51.100.77:1", "198.51.100.200:1", "203.0.113.9:1")) {
        System.out.println(client + " -> " + serverFor(shop, client));
      }
    }
  }
}

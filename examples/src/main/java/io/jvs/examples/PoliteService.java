package io.jvs.examples;

import io.jvs.model.AccessList;
import io.jvs.model.ConnectionLimits;
import io.jvs.model.Network;
import io.jvs.model.RealServer;
import io.jvs.model.ServiceLimits;
import io.jvs.model.ServiceLimits.Queue;
import io.jvs.model.ServiceLimits.Rate;
import io.jvs.model.VirtualService;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;

/**
 * A service that nobody can have for himself: known networks only, so many connections and new ones
 * per second for each client, and a short wait instead of an error when all servers are full.
 */
public final class PoliteService {
  private PoliteService() {}

  /** Each server takes one connection at a time; two clients may wait for two seconds. */
  public static VirtualService at(InetSocketAddress address, InetSocketAddress... servers) {
    VirtualService.Builder service =
        VirtualService.tcp(address)
            .name("reports")
            .access(
                new AccessList(
                    List.of(Network.parse("127.0.0.0/8"), Network.parse("10.0.0.0/8")),
                    List.of(Network.parse("10.9.0.0/16"))))
            .limits(
                new ServiceLimits(
                    1000,
                    20,
                    null,
                    Rate.of(50, Duration.ofSeconds(1)),
                    new Queue(2, Duration.ofSeconds(2))));
    for (InetSocketAddress each : servers) {
      service.realServer(RealServer.of(each).withLimits(new ConnectionLimits(1, 1)));
    }
    return service.build();
  }
}

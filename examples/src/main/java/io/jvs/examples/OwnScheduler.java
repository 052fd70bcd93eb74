package io.jvs.examples;

import io.jvs.balancing.LoadBalancer;
import io.jvs.model.Flow;
import io.jvs.model.RealServer;
import io.jvs.model.VirtualService;
import io.jvs.scheduling.Scheduler;
import io.jvs.scheduling.Scheduler.Selector;
import io.jvs.scheduling.Schedulers;
import java.util.List;
import java.util.Map;

/** A policy of one's own: the first server of the caller's zone that may be chosen, else any. */
public final class OwnScheduler {
  private OwnScheduler() {}

  /** A policy without tables or memory is a lambda; see {@link Scheduler} for the other kinds. */
  public static Scheduler preferring(String zone) {
    return Scheduler.of(
        "near",
        (servers, flow) -> {
          int other = Selector.NONE;
          for (int i = 0; i < servers.size(); i++) {
            if (servers.eligible(i) && zone.equals(servers.server(i).metadata().get("zone"))) {
              return i;
            }
            other = servers.eligible(i) ? i : other;
          }
          return other;
        });
  }

  /** A balancer that prefers servers of this zone. */
  public static LoadBalancer balancer(String zone, Map<String, String> zoneByServer) {
    VirtualService.Builder service = VirtualService.inProcess("near").scheduler("near");
    zoneByServer.forEach(
        (server, itsZone) ->
            service.realServer(RealServer.of(server).withMetadata(Map.of("zone", itsZone))));
    return LoadBalancer.builder(service.build())
        .schedulers(Schedulers.builtIn().with(preferring(zone)))
        .build();
  }

  /** Prints the choice of three callers. */
  public static void main(String[] arguments) {
    Map<String, String> servers = Map.of("10.0.0.1:80", "a", "10.0.0.2:80", "b");
    for (String zone : List.of("a", "b", "c")) {
      try (LoadBalancer near = balancer(zone, servers)) {
        System.out.println(zone + " -> " + near.admit(Flow.any()));
      }
    }
  }
}

package io.jvs.balancing;

import io.jvs.model.VirtualService;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One virtual service as it is now.
 *
 * @param service the definition; with a subset it has more real servers than are used here
 * @param servers those that are used, in list order, newest first
 * @param removed servers no longer listed whose connections live on
 * @param fallback the fallback server, or null if there is none
 * @param templates persistence templates
 * @param templatesEvicted clients forgotten before their time so far, or not remembered, because
 *     there were as many templates as there may be
 * @param panic whether verdicts are not believed, because too few servers are up
 * @param quorumLost whether the fallback answers, because fewer servers are up than the quorum
 * @param intake clients that have come in or wait, or null if the service has no limits
 * @param refused flows refused so far, by cause; causes that did not occur are absent
 * @param durations how long what took since the start; what was never measured is absent
 */
public record ServiceStatus(
    VirtualService service,
    List<ServerStatus> servers,
    List<ServerStatus> removed,
    @Nullable ServerStatus fallback,
    int templates,
    long templatesEvicted,
    boolean panic,
    boolean quorumLost,
    @Nullable IntakeStatus intake,
    Map<Refused.Cause, Long> refused,
    Map<Timing, DurationHistogram.Snapshot> durations) {
  public ServiceStatus {
    servers = List.copyOf(servers);
    removed = List.copyOf(removed);
    refused = Map.copyOf(refused);
    durations = Map.copyOf(durations);
  }

  /** Connections of all servers, active and inactive. */
  public int connections() {
    int sum = fallback == null ? 0 : fallback.active() + fallback.inactive();
    for (ServerStatus server : servers) {
      sum += server.active() + server.inactive();
    }
    for (ServerStatus server : removed) {
      sum += server.active() + server.inactive();
    }
    return sum;
  }

  /**
   * Failed connections of all these servers, by fault; faults that did not occur are absent. Those
   * of a server that is gone are gone with it.
   */
  public Map<Fault, Long> failures() {
    Map<Fault, Long> sum = new EnumMap<>(Fault.class);
    servers.forEach(server -> server.failures().forEach((f, n) -> sum.merge(f, n, Long::sum)));
    removed.forEach(server -> server.failures().forEach((f, n) -> sum.merge(f, n, Long::sum)));
    if (fallback != null) {
      fallback.failures().forEach((f, n) -> sum.merge(f, n, Long::sum));
    }
    return sum;
  }
}

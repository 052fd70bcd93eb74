package io.jvs.balancing;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads how a service and its servers are at this moment. Any thread. */
final class Statuses {
  private Statuses() {}

  static ServiceStatus of(
      Generation now,
      ServiceControl control,
      long templatesEvicted,
      @Nullable IntakeStatus intake,
      RefusalCounts refused,
      ServiceDurations durations) {
    List<ServerStatus> servers = new ArrayList<>();
    for (int i = 0; i < now.size(); i++) {
      servers.add(now.state(i).status());
    }
    List<ServerStatus> gone = new ArrayList<>();
    for (ServerState server : now.removed()) {
      if (server.active() + server.inactive() > 0) {
        gone.add(server.status());
      }
    }
    ServerState fallback = now.fallback();
    return new ServiceStatus(
        now.service(),
        servers,
        gone,
        fallback == null ? null : fallback.status(),
        templates(now),
        templatesEvicted,
        control.isPanic(),
        control.isWithoutQuorum(),
        intake,
        refused.all(),
        durations.all());
  }

  static int templates(Generation now) {
    return now.templates() == null ? 0 : now.templates().size();
  }
}

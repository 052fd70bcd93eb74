package io.jvs.testkit;

import io.jvs.balancing.Connection;
import io.jvs.balancing.Phase;
import org.jspecify.annotations.Nullable;

/** One open connection of the simulation: the real object, and what it should be. */
final class ModelConnection {
  final Connection real;
  final ModelServer server;
  final ModelTemplates.@Nullable Template template;
  private final boolean tcp;
  private Phase phase = Phase.OPENING;

  /** When its piece of work is done, or null if it will be closed by chance. */
  @Nullable Long endsAt;

  ModelConnection(
      Connection real,
      ModelServer server,
      ModelTemplates.@Nullable Template template,
      boolean tcp,
      long now) {
    this.real = real;
    this.server = server;
    this.template = template;
    this.tcp = tcp;
    server.bind(tcp);
    if (template != null) {
      template.opened(now);
    }
  }

  Phase phase() {
    return phase;
  }

  /** Goes on in the model; the caller does the same to the real one. */
  boolean advance(Phase next) {
    if (phase.compareTo(next) >= 0) {
      return false;
    }
    boolean wasActive = tcp && phase.compareTo(Phase.CLOSING) < 0;
    if (next == Phase.CLOSED) {
      server.release(wasActive);
      if (template != null) {
        template.closed();
      }
    } else if (next == Phase.CLOSING && tcp) {
      server.deactivate();
    }
    phase = next;
    return true;
  }
}

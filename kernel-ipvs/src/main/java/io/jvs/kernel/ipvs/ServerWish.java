package io.jvs.kernel.ipvs;

import io.jvs.balancing.AdminOrder;
import io.jvs.balancing.ServerStatus;
import io.jvs.model.RealServer;

/**
 * A real server of a definition and how it stands.
 *
 * @param weight the effective one, in the units of the configured one
 */
record ServerWish(RealServer server, double weight, Use use) {
  /** What the table is to have of it. */
  enum Use {
    /** It is there with its weight. */
    USED,
    /**
     * Nobody knows yet whether it works: it is as the table has it, which was somebody's verdict.
     */
    UNKNOWN,
    /** Nothing new, and out when its connections have ended. */
    LEAVES,
    /** Out at once: it does not work. */
    OUT
  }

  static ServerWish of(RealServer server, ServerStatus status, double weight) {
    return new ServerWish(server, weight, use(status));
  }

  private static Use use(ServerStatus status) {
    boolean ordered =
        status.orders().stream()
            .anyMatch(
                order ->
                    order.kind() == AdminOrder.Kind.MAINTENANCE
                        || order.kind() == AdminOrder.Kind.FORCE_DOWN);
    if (ordered && status.excluded()) {
      return Use.LEAVES;
    }
    if (status.down() != null
        && status.down().isUnchecked()
        && (status.excluded() || status.weight() == 0)) {
      return Use.UNKNOWN;
    }
    return status.excluded() ? Use.OUT : Use.USED;
  }
}

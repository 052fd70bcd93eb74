package io.jvs.model;

import java.util.Locale;

/**
 * What follows when real servers are found not to work.
 *
 * @param whenDown what a server that is down is to flows
 * @param resetConnections whether its present connections are reset, rather than left to live
 * @param quorum configured weight that must be up for the service to use its real servers at all
 *     (keepalived's quorum), 0 for no such rule; below it the fallback answers
 * @param hysteresis how much below the quorum it is lost, and above it is regained, less than the
 *     quorum
 * @param panicPercent when fewer percent of the servers than this are up, checks are not believed
 *     and all are used (Envoy's panic threshold), 0 to 100; 0 for never
 */
public record Failover(
    WhenDown whenDown, boolean resetConnections, int quorum, int hysteresis, int panicPercent) {
  /** Down servers are as if they were not listed; connections live on; neither quorum nor panic. */
  public static final Failover DEFAULT = new Failover(WhenDown.REMOVE, false, 0, 0, 0);

  /** What a server that is down is to flows. */
  public enum WhenDown {
    /** Weight 0: nothing new but from remembered clients (ldirectord's quiescent). */
    QUIESCE,
    /** As if it were not listed: remembered clients go elsewhere too. */
    REMOVE
  }

  public Failover {
    if (quorum < 0) {
      throw new IllegalArgumentException(
          "quorum " + quorum + " (expected: 0 for none, or a sum of weights)");
    }
    if (hysteresis < 0 || hysteresis > Math.max(0, quorum - 1)) {
      throw new IllegalArgumentException(
          "quorum hysteresis "
              + hysteresis
              + " (expected: 0 to "
              + Math.max(0, quorum - 1)
              + ", less than the quorum)");
    }
    if (panicPercent < 0 || panicPercent > 100) {
      throw new IllegalArgumentException(
          "panic threshold " + panicPercent + " % (expected: 0 to 100 %; 0 for never)");
    }
  }

  public Failover whenDown(WhenDown newWhenDown) {
    return new Failover(newWhenDown, resetConnections, quorum, hysteresis, panicPercent);
  }

  public Failover resetConnections(boolean reset) {
    return new Failover(whenDown, reset, quorum, hysteresis, panicPercent);
  }

  public Failover quorum(int weight, int newHysteresis) {
    return new Failover(whenDown, resetConnections, weight, newHysteresis, panicPercent);
  }

  public Failover panicPercent(int percent) {
    return new Failover(whenDown, resetConnections, quorum, hysteresis, percent);
  }

  /** What differs from the default, such as {@code when down quiesce, quorum 3 +- 1}. */
  @Override
  public String toString() {
    return "when down "
        + whenDown.name().toLowerCase(Locale.ROOT)
        + (resetConnections ? ", connections reset" : "")
        + (quorum == 0 ? "" : ", quorum " + quorum)
        + (hysteresis == 0 ? "" : " +- " + hysteresis)
        + (panicPercent == 0 ? "" : ", panic below " + panicPercent + " %");
  }
}

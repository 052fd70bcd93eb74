package io.jvs.balancing;

import io.jvs.balancing.Refused.Cause;
import io.jvs.balancing.Refused.ServerReason;
import io.jvs.balancing.Refused.Why;
import io.jvs.model.ConnectionLimits;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Puts into words why a flow found no server. */
final class Refusals {
  private Refusals() {}

  /**
   * @param cause the cause if it is known, or null to find it from the servers
   */
  static Refused explain(Generation now, @Nullable Connection failed, @Nullable Cause cause) {
    List<ServerReason> reasons = new ArrayList<>(now.size());
    Set<Why> seen = EnumSet.noneOf(Why.class);
    for (int i = 0; i < now.size(); i++) {
      ServerReason reason = reason(now, i, failed);
      reasons.add(reason);
      seen.add(reason.why());
    }
    return new Refused(now.service().name(), cause == null ? cause(seen) : cause, reasons);
  }

  /**
   * Whether a server would do that has a connection limit, so that this may be why it was not
   * chosen. Its mark is not asked: a moment ago it may have been another.
   */
  static boolean mayBeFull(Generation now, @Nullable Connection failed) {
    for (int i = 0; i < now.size(); i++) {
      ServerState server = now.state(i);
      if ((server.overloaded() || server.limits().upper() != 0)
          && now.weight(i) > 0
          && !server.isExcluded()
          && (failed == null || !failed.triedOn(server))) {
        return true;
      }
    }
    return false;
  }

  private static ServerReason reason(Generation now, int index, @Nullable Connection failed) {
    ServerState server = now.state(index);
    Down down = server.down();
    ConnectionLimits limits = server.limits();
    Why why;
    String text;
    if (failed != null && failed.triedOn(server)) {
      why = Why.TRIED;
      text = "tried for this flow, and failed";
    } else if (down != null && (server.isExcluded() || now.weight(index) == 0)) {
      why = Why.DOWN;
      text = down.toString();
    } else if (now.weight(index) == 0) {
      why = Why.QUIESCED;
      String reason = server.status().weightReason();
      text = "quiesced (weight 0" + (reason == null ? "" : "; " + reason) + ")";
    } else if (server.overloaded()) {
      why = Why.FULL;
      text = "full " + server.connections() + "/" + limits.upper();
    } else {
      why = Why.NOT_CHOSEN;
      text =
          failed != null && failed.attempts() >= now.service().attempts()
              ? "not asked, after " + failed.attempts() + " attempts elsewhere"
              : "not chosen by " + now.service().scheduler();
    }
    return new ServerReason(server.definition(), why, text);
  }

  private static Cause cause(Set<Why> seen) {
    if (seen.isEmpty()) {
      return Cause.NO_SERVERS;
    }
    if (seen.contains(Why.NOT_CHOSEN)) {
      return Cause.NOT_CHOSEN;
    }
    if (seen.size() > 1) {
      return Cause.NONE_USABLE;
    }
    return switch (seen.iterator().next()) {
      case QUIESCED -> Cause.ALL_QUIESCED;
      case DOWN -> Cause.ALL_DOWN;
      case FULL -> Cause.ALL_FULL;
      case TRIED -> Cause.ALL_TRIED;
      case NOT_CHOSEN -> Cause.NOT_CHOSEN;
    };
  }
}

package io.jvs.kernel.ipvs;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Decides what is done about drift, so that two directors that both think a service theirs do not
 * rewrite it for ever: from the third time within a minute on, it is put right after pauses that
 * double. Not for use by several threads.
 */
final class DriftWatch {
  private static final int PATIENCE = 3;
  private static final long CALM_NANOS = 60_000_000_000L;
  private static final long FIRST_PAUSE_NANOS = 10_000_000_000L;
  private static final long LONGEST_PAUSE_NANOS = 640_000_000_000L;

  private static final class Case {
    private int times;
    private long lastMended;
    private long pause;
    private List<String> told = List.of();
  }

  private final boolean mends;
  private final Consumer<IpvsEvent> events;
  private final Map<ServiceKey, Case> cases = new HashMap<>();
  private long mended;

  DriftWatch(boolean mends, Consumer<IpvsEvent> events) {
    this.mends = mends;
    this.events = events;
  }

  /**
   * What was seen of one service at one look.
   *
   * @param drift empty if it is as it was written
   * @return whether to put it right now
   */
  boolean isToMend(ServiceKey service, List<String> drift, long now) {
    Case known = cases.get(service);
    if (drift.isEmpty()) {
      if (known != null && now - known.lastMended >= Math.max(CALM_NANOS, 2 * known.pause)) {
        cases.remove(service);
      }
      return false;
    }
    if (known == null) {
      known = new Case();
      cases.put(service, known);
      known.lastMended = now;
    }
    if (!mends) {
      tell(known, service, drift, false);
      return false;
    }
    if (now - known.lastMended < known.pause) {
      return false;
    }
    known.times++;
    known.lastMended = now;
    mended++;
    known.told = List.of();
    if (known.times <= PATIENCE) {
      tell(known, service, drift, true);
    }
    if (known.times >= PATIENCE) {
      known.pause =
          known.pause == 0 ? FIRST_PAUSE_NANOS : Math.min(LONGEST_PAUSE_NANOS, 2 * known.pause);
    }
    if (known.times == PATIENCE) {
      events.accept(new IpvsEvent.Fought(service, known.pause / 1_000_000_000L));
    }
    return true;
  }

  void forget(ServiceKey service) {
    cases.remove(service);
  }

  /** How often a service was put right. */
  long mended() {
    return mended;
  }

  private void tell(Case known, ServiceKey service, List<String> drift, boolean mending) {
    if (!drift.equals(known.told)) {
      known.told = drift;
      events.accept(new IpvsEvent.Drifted(service, drift, mending));
    }
  }
}

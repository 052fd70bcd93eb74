package io.jvs.balancing;

import io.jvs.model.Ticker;
import io.jvs.model.VirtualService;
import io.jvs.scheduling.KernelCompatibility;
import io.jvs.scheduling.ListUpdate;
import io.jvs.scheduling.Scheduler;
import io.jvs.scheduling.Scheduler.Selector;
import io.jvs.scheduling.Schedulers;
import io.jvs.scheduling.Setup;
import io.jvs.scheduling.ZonePreference;
import java.util.List;
import java.util.Objects;
import java.util.random.RandomGenerator;

/** The policy of each definition, and the selector that it has for a generation. */
final class Policies {
  private final Schedulers schedulers;
  private final Ticker ticker;
  private final RandomGenerator random;
  private final KernelCompatibility compatibility;

  Policies(
      Schedulers schedulers,
      Ticker ticker,
      RandomGenerator random,
      KernelCompatibility compatibility) {
    this.schedulers = schedulers;
    this.ticker = ticker;
    this.random = random;
    this.compatibility = compatibility;
  }

  /**
   * Any thread.
   *
   * @throws IllegalArgumentException if the scheduler is unknown or does not have a flag
   */
  Scheduler of(VirtualService service) {
    try {
      Scheduler policy = schedulers.find(service.scheduler());
      String zone = service.preferredZone();
      return zone == null ? policy : new ZonePreference(policy, zone);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "virtual service '" + service.name() + "': " + e.getMessage(), e);
    }
  }

  /** Control side: a selector that knows of nothing before. */
  Selector prepare(Generation draft) {
    return of(draft.service()).prepare(draft, setup(draft.service()));
  }

  /** Control side: the selector from before, taken through the steps, if the policy is the same. */
  Selector carry(Generation before, List<ListUpdate.Step> steps, Generation draft) {
    VirtualService service = draft.service();
    if (!isSame(before.service(), service)) {
      return prepare(draft);
    }
    // Zones are metadata: a server that moves to another one is no step.
    if (steps.isEmpty() && service.preferredZone() == null) {
      return before.selector();
    }
    return of(service)
        .update(before.selector(), new ListUpdate(before, steps, draft), setup(service));
  }

  private static boolean isSame(VirtualService one, VirtualService other) {
    return one.scheduler().equals(other.scheduler())
        && Objects.equals(one.preferredZone(), other.preferredZone());
  }

  private Setup setup(VirtualService service) {
    return new Setup(service.scheduler().flags(), ticker, random, compatibility);
  }
}

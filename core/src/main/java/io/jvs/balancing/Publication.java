package io.jvs.balancing;

import io.jvs.model.VirtualService;
import io.jvs.scheduling.Scheduler.Selector;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes what has been changed since the last time visible, all at once: one generation from the one
 * before. Control side only.
 */
final class Publication {
  private static final Selector NOTHING = (servers, flow) -> Selector.NONE;

  private final ServerList list;
  private final Policies policies;
  private final TemplateKeeper templates;
  private final Listeners listeners;

  Publication(ServerList list, Policies policies, TemplateKeeper templates, Listeners listeners) {
    this.list = list;
    this.policies = policies;
    this.templates = templates;
    this.listeners = listeners;
  }

  /**
   * What comes before everything else. As in the kernel: the scheduler is bound to a service
   * without servers, then they are added.
   */
  Generation first(VirtualService service) {
    VirtualService empty = withoutServers(service).toBuilder().fallback(null).build();
    Generation draft = draft(empty, NOTHING, null);
    return draft.with(policies.prepare(draft));
  }

  /**
   * Publishes what has changed, if anything has.
   *
   * @param tell whether listeners hear of it
   */
  void publish(Admissions admissions, boolean tell) {
    Generation before = admissions.generation();
    VirtualService desired = list.desired();
    ServerList.Changes changes = list.changes();
    if (desired.equals(before.service()) && changes.isEmpty()) {
      return;
    }
    Generation draft = draft(desired, before.selector(), before);
    Generation next = draft.with(policies.carry(before, changes.steps(), draft));
    admissions.goBy(next);
    next.adopt();
    list.published();
    if (changes.events().stream().anyMatch(LoadBalancerEvent.ServerRemoved.class::isInstance)) {
      TemplateKeeper.forget(next, desired, ServerState::isRemoved);
    }
    if (tell) {
      changes.events().forEach(listeners::tell);
      if (!withoutServers(desired).equals(withoutServers(before.service()))) {
        listeners.tell(
            new LoadBalancerEvent.ServiceChanged(desired.name(), before.service(), desired));
      }
    }
  }

  private Generation draft(VirtualService service, Selector selector, @Nullable Generation before) {
    return new Generation(service, list, templates.next(service, before), selector);
  }

  private static VirtualService withoutServers(VirtualService service) {
    return service.toBuilder().realServers(List.of()).build();
  }
}

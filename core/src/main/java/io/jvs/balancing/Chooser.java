package io.jvs.balancing;

import io.jvs.model.Flow;
import io.jvs.model.Persistence;
import io.jvs.model.Ticker;
import io.jvs.persistence.Template;
import io.jvs.persistence.TemplateTable;
import io.jvs.scheduling.Scheduler.Selector;
import org.jspecify.annotations.Nullable;

/**
 * Which server a flow is for: the one that its client is remembered with, else the policy's choice.
 * Counts nothing. Any thread; neither blocks nor locks, but for the moment in which a new client is
 * remembered.
 */
final class Chooser {
  private final ServiceControl control;
  private final Ticker ticker;

  Chooser(ServiceControl control, Ticker ticker) {
    this.control = control;
    this.ticker = ticker;
  }

  /** Asks the policy; a server on trial is given to one flow only. */
  int choose(Generation now, Flow flow, @Nullable Connection failed) {
    while (true) {
      int chosen = now.select(flow, failed);
      if (chosen == Selector.NONE) {
        return chosen;
      }
      ServerState server = now.state(chosen);
      if (!server.onTrial.get()) {
        return chosen;
      }
      boolean mine = server.claimTrial();
      now.markChanged(server);
      if (mine) {
        control.trialTaken(server);
        return chosen;
      }
    }
  }

  /**
   * As ip_vs_sched_persist: a usable template decides, else the scheduler, and makes one. Its time
   * starts anew. Null if the scheduler finds nobody.
   *
   * @param counted whether a connection begins that keeps the template alive
   */
  @Nullable Template<ServerState> follow(
      Generation now,
      TemplateTable<ServerState> templates,
      Flow flow,
      @Nullable Connection failed,
      boolean counted) {
    long time = ticker.nanoTime();
    Template<ServerState> template = templates.find(flow, time);
    if (template != null && holds(template, now, failed) && enter(template, counted, time)) {
      return template;
    }
    int chosen = choose(now, flow, failed);
    if (chosen == Selector.NONE) {
      if (template != null && !holds(template, now, null)) {
        templates.forget(template); // as the kernel: who came in vain is not bound any more
      }
      return null;
    }
    ServerState server = now.state(chosen);
    template = templates.remember(flow, server, template, time);
    // By another thread's hand it may be for another server than this one's choice.
    if (template != null
        && (template.server() == server || holds(template, now, failed))
        && enter(template, counted, time)) {
      return template;
    }
    template = Template.unlisted(server); // nothing to know the client by, or no room
    enter(template, counted, time);
    return template;
  }

  /**
   * Binds a key to a server, or a key that has another server to this one.
   *
   * @return whether it is bound now
   */
  boolean remember(Generation now, Object key, ServerState server) {
    TemplateTable<ServerState> templates = keyed(now);
    if (templates == null || server == now.fallback() || server.isRemoved()) {
      return false;
    }
    Flow flow = Flow.keyed(key);
    long time = ticker.nanoTime();
    Template<ServerState> present = templates.find(flow, time);
    if (present == null || present.server() != server) {
      present = templates.remember(flow, server, present, time);
    }
    return present != null && present.server() == server && present.renew(time);
  }

  /** Whether the key is bound to a server, whatever that is worth. */
  boolean remembers(Generation now, Object key) {
    TemplateTable<ServerState> templates = keyed(now);
    return templates != null && templates.find(Flow.keyed(key), ticker.nanoTime()) != null;
  }

  private static @Nullable TemplateTable<ServerState> keyed(Generation now) {
    return now.service().persistence() instanceof Persistence.ApplicationKey
        ? now.templates()
        : null;
  }

  /** False if the template has just been given up for want of room. */
  private static boolean enter(Template<ServerState> template, boolean counted, long time) {
    return counted ? template.connectionOpened(time) : template.renew(time);
  }

  /**
   * A template holds even if its server is full or, unless the service says otherwise, quiesced
   * (ip_vs_check_template), but not if it has become the fallback, which answers only when no other
   * can.
   */
  private static boolean holds(
      Template<ServerState> template, Generation now, @Nullable Connection failed) {
    ServerState server = template.server();
    return server != now.fallback()
        && isUsable(server, failed)
        && (server.weight() > 0 || !TemplateKeeper.rules(now.service()).expireQuiesced());
  }

  /** Whether a server may get a flow without having been chosen by the policy. */
  static boolean isUsable(ServerState server, @Nullable Connection failed) {
    return !server.isRemoved()
        && !server.isExcluded()
        && (failed == null || !failed.triedOn(server));
  }
}

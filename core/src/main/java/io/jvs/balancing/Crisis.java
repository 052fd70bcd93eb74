package io.jvs.balancing;

import io.jvs.model.Failover;

/**
 * Whether so many servers of a service are down that another rule holds: panic, in which verdicts
 * are not believed, or a lost quorum, without which the fallback answers. Written by the control
 * side; any thread may read.
 */
final class Crisis {
  private final ServerList list;
  private final Listeners listeners;
  private volatile boolean panic;
  private volatile boolean withoutQuorum;

  Crisis(ServerList list, Listeners listeners) {
    this.list = list;
    this.listeners = listeners;
  }

  boolean isPanic() {
    return panic;
  }

  boolean isWithoutQuorum() {
    return withoutQuorum;
  }

  /** Looks anew, after verdicts, orders or the definition have changed. */
  void look() {
    Failover rule = list.desired().failover();
    if (rule.panicPercent() == 0 && rule.quorum() == 0 && !panic && !withoutQuorum) {
      return;
    }
    int all = 0;
    int up = 0;
    long weight = 0;
    for (ServerState server : list.servers()) {
      if (server.definition().weight() == 0 || !server.standing().orders().isEmpty()) {
        continue; // somebody wants it so; that is no sign of anything
      }
      all++;
      if (server.standing().down() == null) {
        up++;
        weight += server.definition().weight();
      }
    }
    panic(rule, up, all);
    quorum(rule, weight);
  }

  private void panic(Failover rule, int up, int all) {
    boolean now = all > 0 && up * 100L < (long) rule.panicPercent() * all;
    if (now == panic) {
      return;
    }
    panic = now;
    String cause =
        now
            ? "panic: only " + up + " of " + all + " servers are up, verdicts are not believed"
            : "panic over: " + up + " of " + all + " servers are up";
    for (ServerState server : list.servers()) {
      if (server.standing().down() != null) {
        list.settle(server, now, cause);
      }
    }
    listeners.tell(
        new LoadBalancerEvent.PanicChanged(
            list.desired().name(), now, up, all, rule.panicPercent()));
  }

  /** As keepalived: lost below quorum - hysteresis, regained from quorum + hysteresis on. */
  private void quorum(Failover rule, long weight) {
    long bound =
        withoutQuorum
            ? (long) rule.quorum() + rule.hysteresis()
            : rule.quorum() - rule.hysteresis();
    boolean now = rule.quorum() > 0 && weight < bound;
    if (now != withoutQuorum) {
      withoutQuorum = now;
      listeners.tell(
          new LoadBalancerEvent.QuorumChanged(
              list.desired().name(),
              now,
              weight,
              rule.quorum(),
              list.fallback() == null ? null : list.fallback().definition()));
    }
  }
}

package io.jvs.scheduling;

import io.jvs.model.RealServer;
import io.jvs.scheduling.ZoneParts.Members;
import java.util.Set;

/**
 * Any policy with a preference for the servers of one zone ({@link RealServer#zone}): the policy
 * chooses among those, and a second selector of it among all others.
 *
 * <p>All flows stay in the zone while its eligible weight is at least 1/1.4 of its configured
 * weight, since zones are built with some capacity to spare (140 % is the overprovisioning factor
 * of Envoy's priority levels). Below that the others get what is missing: with half of the weight
 * out 30 %, with everything out all. If the others are short of capacity too, both share in
 * proportion to what they have. Shares are kept flow by flow, without chance: after any number of
 * flows they are right to within one. With a policy that {@linkplain Scheduler#goesByFlow() goes by
 * flow}, each client stays with one part as far as the shares allow.
 *
 * <p>A part whose policy finds nobody for a flow passes it to the other part. A zone without any
 * configured weight is no preference. What the policy keeps for each server stays with it while the
 * list changes; a server that moves to another part comes there as a new one.
 */
public final class ZonePreference implements Scheduler {
  private final Scheduler policy;
  private final String zone;

  /**
   * @param policy who chooses within the zone, and outside of it
   * @param zone where clients are
   */
  public ZonePreference(Scheduler policy, String zone) {
    this.policy = policy;
    this.zone = zone;
  }

  @Override
  public String name() {
    return policy.name();
  }

  @Override
  public Set<String> flags() {
    return policy.flags();
  }

  @Override
  public boolean goesByFlow() {
    return policy.goesByFlow();
  }

  @Override
  public boolean hearsOfExclusion() {
    return policy.hearsOfExclusion();
  }

  @Override
  public boolean goesByProportion() {
    return policy.goesByProportion();
  }

  @Override
  public Selector prepare(ServerView servers, Setup setup) {
    Members near = new Members();
    Members far = new Members();
    for (int i = servers.size() - 1; i >= 0; i--) {
      (isNear(servers, i) ? near : far).add(i);
    }
    return selector(
        ZonePart.prepare(policy, near.indexes(), servers, setup),
        ZonePart.prepare(policy, far.indexes(), servers, setup),
        new Spill());
  }

  @Override
  public Selector update(Selector previous, ListUpdate update, Setup setup) {
    ZoneSelector before = (ZoneSelector) previous;
    ZoneParts parts = new ZoneParts(before.near(), before.far(), update, this::isNear);
    if (parts.areAsBefore()) {
      return previous; // so that what threads keep in it meanwhile is not lost
    }
    return selector(
        before.near().update(policy, parts.near(), update, setup),
        before.far().update(policy, parts.far(), update, setup),
        before.spill());
  }

  private boolean isNear(ServerView servers, int index) {
    return zone.equals(servers.server(index).zone());
  }

  private ZoneSelector selector(ZonePart near, ZonePart far, Spill spill) {
    return near.learns() || far.learns()
        ? new ZoneSelector.Learning(near, far, spill, goesByFlow())
        : new ZoneSelector(near, far, spill, goesByFlow());
  }
}

package io.jvs.scheduling;

import io.jvs.model.Flow;
import io.jvs.scheduling.Scheduler.LoadAware;
import io.jvs.scheduling.Scheduler.ResponseAware;

/** Chooses a part, and has its policy choose a server; see {@link ZonePreference}. */
class ZoneSelector implements LoadAware {
  private final ZonePart near;
  private final ZonePart far;
  private final Spill spill;
  private final boolean goesByFlow;

  /** For each server of the whole list its place in its part; in the far one, the complement. */
  private final int[] places;

  ZoneSelector(ZonePart near, ZonePart far, Spill spill, boolean goesByFlow) {
    this.near = near;
    this.far = far;
    this.spill = spill;
    this.goesByFlow = goesByFlow;
    this.places = new int[near.size() + far.size()];
    for (int i = 0; i < near.size(); i++) {
      places[near.index(i)] = i;
    }
    for (int i = 0; i < far.size(); i++) {
      places[far.index(i)] = ~i;
    }
  }

  ZonePart near() {
    return near;
  }

  ZonePart far() {
    return far;
  }

  Spill spill() {
    return spill;
  }

  @Override
  public int select(ServerView servers, Flow flow) {
    boolean stays = stays(flow);
    int chosen = (stays ? near : far).select(servers, flow);
    return chosen == NONE ? (stays ? far : near).select(servers, flow) : chosen;
  }

  private boolean stays(Flow flow) {
    long share = Spill.share(near, far);
    if (share == 0 || share == Spill.ALL) {
      return share > 0;
    }
    return goesByFlow ? Spill.flowStays(flow, share) : spill.turnStays(share);
  }

  @Override
  public void loadChanged(ServerView servers, int index) {
    int place = places[index];
    if (place >= 0) {
      near.loadChanged(servers, place);
    } else {
      far.loadChanged(servers, ~place);
    }
  }

  /** With a policy that learns. */
  static final class Learning extends ZoneSelector implements ResponseAware {
    Learning(ZonePart near, ZonePart far, Spill spill, boolean goesByFlow) {
      super(near, far, spill, goesByFlow);
    }

    @Override
    public void responded(ServerView servers, int index, long nanos, long now, boolean failed) {
      heardOf(servers, index, nanos, now, failed);
    }
  }

  final void heardOf(ServerView servers, int index, long nanos, long now, boolean failed) {
    int place = places[index];
    if (place >= 0) {
      near.responded(servers, place, nanos, now, failed);
    } else {
      far.responded(servers, ~place, nanos, now, failed);
    }
  }
}

package io.jvs.scheduling;

import io.jvs.model.Flow;
import io.jvs.scheduling.Scheduler.LoadAware;
import io.jvs.scheduling.Scheduler.Selector;
import java.util.Arrays;
import java.util.List;

/** Looks clients up in the table of {@code mh}; see {@link MaglevHashing}. */
class MaglevSelector implements Selector {
  private final int[] owners; // by place
  private final List<Integer> lastWeights; // by server
  private final boolean fallback;
  private final boolean withPort;
  private final boolean vacant; // nobody has a place

  MaglevSelector(int[] owners, List<Integer> lastWeights, boolean fallback, boolean withPort) {
    this.owners = owners;
    this.lastWeights = lastWeights;
    this.fallback = fallback;
    this.withPort = withPort;
    this.vacant = Arrays.stream(owners).allMatch(owner -> owner == NONE);
  }

  /** The server of each place, or NONE; not to be changed. */
  int[] owners() {
    return owners;
  }

  /** What each server's places were shared out by. */
  List<Integer> lastWeights() {
    return lastWeights;
  }

  @Override
  public int select(ServerView servers, Flow flow) {
    int value = value(flow);
    int place = place(value);
    int server = owners[place];
    if (server != NONE && servers.eligible(server)) {
      return server;
    }
    return fallback && !vacant ? fallBack(servers, value, place) : NONE;
  }

  /** ip_vs_mh_get_fallback: each offset is added before hashing, so the probes are scattered. */
  private int fallBack(ServerView servers, int value, int place) {
    int offset = place;
    for (int k = 0; k < MaglevTable.PLACES; k++) {
      int server = owners[place(offset + value)];
      if (server != NONE && servers.eligible(server)) {
        return server;
      }
      offset = offset + 1 == MaglevTable.PLACES ? 0 : offset + 1;
    }
    return NONE;
  }

  private int value(Flow flow) {
    return (withPort ? Folded.clientPort(flow) : 0) + Folded.client(flow);
  }

  private static int place(int value) {
    return MaglevTable.place(MaglevHash.hash(value, MaglevHash.FIRST_KEY));
  }

  /** With the flag {@code bounded}. */
  static final class Bounded extends MaglevSelector implements LoadAware {
    private final BoundedLoads loads;

    Bounded(
        int[] owners,
        List<Integer> lastWeights,
        boolean fallback,
        boolean withPort,
        BoundedLoads loads) {
      super(owners, lastWeights, fallback, withPort);
      this.loads = loads;
    }

    @Override
    public void loadChanged(ServerView servers, int index) {
      loads.changed(servers, index);
    }

    @Override
    public int select(ServerView servers, Flow flow) {
      int home = super.select(servers, flow);
      if (home == NONE || loads.admits(servers, home)) {
        return home;
      }
      int value = super.value(flow);
      int offset = place(value);
      for (int k = 0; k < MaglevTable.PLACES; k++) {
        int server = super.owners[place(offset + value)];
        if (server != NONE && servers.eligible(server) && loads.admits(servers, server)) {
          return server;
        }
        offset = offset + 1 == MaglevTable.PLACES ? 0 : offset + 1;
      }
      return home; // those below their bounds have no places, or fill up this very moment
    }
  }
}

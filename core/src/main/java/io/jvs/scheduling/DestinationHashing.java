package io.jvs.scheduling;

import io.jvs.model.Flow;

/**
 * {@code dh}: the server that the destination address hashes to, or nobody (ip_vs_dh.c). Meant for
 * caches behind a firewall mark: what goes to one destination always goes through one of them.
 *
 * <p>The kernel's table has 256 places, dealt out to the servers in turn whatever their weights; so
 * of a longer list, all but the newest 256 get nothing.
 */
final class DestinationHashing implements Scheduler, Scheduler.Selector {
  /** IP_VS_DH_TAB_BITS. */
  private static final int BITS = 8;

  @Override
  public String name() {
    return "dh";
  }

  @Override
  public boolean goesByFlow() {
    return true;
  }

  @Override
  public Selector prepare(ServerView servers, Setup setup) {
    return this;
  }

  @Override
  public int select(ServerView servers, Flow flow) {
    int size = servers.size();
    if (size == 0) {
      return NONE;
    }
    int place = Folded.hash32(Folded.destination(flow), BITS);
    int server = place % size; // what stands there when the places are dealt out in turn
    return servers.eligible(server) ? server : NONE;
  }
}

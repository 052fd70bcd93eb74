package io.jvs.scheduling;

import java.util.stream.IntStream;

/**
 * {@code dh}: the server that the destination address hashes to, or nobody (ip_vs_dh.c). Meant for
 * caches behind a firewall mark: what goes to one destination always goes through one of them.
 *
 * <p>The kernel's table has 256 places, dealt out to the servers in turn whatever their weights; so
 * of a longer list, all but the newest 256 get nothing.
 */
final class DestinationHashing implements Scheduler {
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
    int[] places = IntStream.range(0, servers.size()).filter(i -> !servers.excluded(i)).toArray();
    return (view, flow) -> {
      if (places.length == 0) {
        return Selector.NONE;
      }
      int place = Folded.hash32(Folded.destination(flow), BITS);
      int server = places[place % places.length]; // as when places are dealt out in turn
      return view.eligible(server) ? server : Selector.NONE;
    };
  }
}

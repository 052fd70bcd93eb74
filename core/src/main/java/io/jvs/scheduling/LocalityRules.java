package io.jvs.scheduling;

/** What {@code lblc} and {@code lblcr} have in common (ip_vs_lblc.c, ip_vs_lblcr.c). */
final class LocalityRules {
  private LocalityRules() {}

  /** As {@code wlc} does: the smallest overhead per weight, the first of equals. */
  static int leastLoaded(ServerView servers) {
    int least = Scheduler.Selector.NONE;
    int leastOverhead = 0;
    int leastWeight = 0;
    for (int i = 0; i < servers.size(); i++) {
      if (!servers.eligible(i)) {
        continue;
      }
      int overhead = servers.overhead(i);
      int weight = servers.weight(i);
      if (least == Scheduler.Selector.NONE
          || isLess(overhead, weight, leastOverhead, leastWeight)) {
        least = i;
        leastOverhead = overhead;
        leastWeight = weight;
      }
    }
    return least;
  }

  /** Overhead per weight, multiplied out; overheads are signed, as in the kernel. */
  static boolean isLess(int overhead, int weight, int otherOverhead, int otherWeight) {
    return (long) otherOverhead * weight > (long) overhead * otherWeight;
  }

  /**
   * is_overloaded: it has more active connections than its weight while some other has fewer than
   * half of its own, be that one full or not.
   */
  static boolean isHot(ServerView servers, int index) {
    if (servers.active(index) <= servers.weight(index)) {
      return false;
    }
    for (int i = 0; i < servers.size(); i++) {
      // Not even an idle server has less than half of nothing, so a quiesced one never counts;
      // to the kernel, a server that is down would be one.
      if (servers.active(i) * 2L < servers.weight(i) && !servers.excluded(i)) {
        return true;
      }
    }
    return false;
  }
}

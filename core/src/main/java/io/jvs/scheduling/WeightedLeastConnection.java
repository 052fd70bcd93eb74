package io.jvs.scheduling;

import io.jvs.model.Flow;

/** {@code wlc}: the smallest overhead per weight; the first of equals (ip_vs_wlc.c). */
final class WeightedLeastConnection implements Scheduler, Scheduler.Selector {
  @Override
  public String name() {
    return "wlc";
  }

  @Override
  public Selector prepare(ServerView servers, Setup setup) {
    return this;
  }

  @Override
  public int select(ServerView servers, Flow flow) {
    int best = NONE;
    long bestOverhead = 0;
    long bestWeight = 0;
    for (int i = 0; i < servers.size(); i++) {
      if (!servers.eligible(i)) {
        continue;
      }
      long overhead = servers.overhead(i);
      long weight = servers.weight(i);
      // overhead/weight < bestOverhead/bestWeight, multiplied out as the kernel does: nothing is
      // rounded, and of two equals the first in the list wins.
      if (best == NONE || bestOverhead * weight > overhead * bestWeight) {
        best = i;
        bestOverhead = overhead;
        bestWeight = weight;
      }
    }
    return best;
  }
}

package io.jvs.scheduling;

import io.jvs.model.Flow;

/** {@code lc}: the smallest overhead, whatever the weight; the first of equals (ip_vs_lc.c). */
final class LeastConnection implements Scheduler, Scheduler.Selector {
  @Override
  public String name() {
    return "lc";
  }

  @Override
  public Selector prepare(ServerView servers, Setup setup) {
    return this;
  }

  @Override
  public int select(ServerView servers, Flow flow) {
    int best = NONE;
    int bestOverhead = 0;
    for (int i = 0; i < servers.size(); i++) {
      if (!servers.eligible(i)) {
        continue;
      }
      int overhead = servers.overhead(i);
      if (best == NONE || Integer.compareUnsigned(overhead, bestOverhead) < 0) {
        best = i;
        bestOverhead = overhead;
      }
    }
    return best;
  }
}

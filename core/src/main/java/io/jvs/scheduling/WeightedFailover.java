package io.jvs.scheduling;

import io.jvs.model.Flow;

/**
 * {@code fo}: the usable server of the highest weight gets everything; the first of equals
 * (ip_vs_fo.c).
 */
final class WeightedFailover implements Scheduler, Scheduler.Selector {
  @Override
  public String name() {
    return "fo";
  }

  @Override
  public Selector prepare(ServerView servers, Setup setup) {
    return this;
  }

  @Override
  public int select(ServerView servers, Flow flow) {
    int highest = NONE;
    int highestWeight = 0;
    for (int i = 0; i < servers.size(); i++) {
      int weight = servers.weight(i);
      if (weight > highestWeight && servers.eligible(i)) {
        highest = i;
        highestWeight = weight;
      }
    }
    return highest;
  }
}

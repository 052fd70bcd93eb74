package io.jvs.scheduling;

import io.jvs.model.Flow;

/**
 * {@code ovf}: the server of the highest weight, until it has more active connections than its
 * weight; then the next highest, and nobody once all have (ip_vs_ovf.c). So a server takes one
 * connection more than its weight, and UDP flows, which are never active, all go to the first.
 */
final class WeightedOverflow implements Scheduler, Scheduler.Selector {
  @Override
  public String name() {
    return "ovf";
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
      if (weight > highestWeight && servers.active(i) <= weight && servers.eligible(i)) {
        highest = i;
        highestWeight = weight;
      }
    }
    return highest;
  }
}

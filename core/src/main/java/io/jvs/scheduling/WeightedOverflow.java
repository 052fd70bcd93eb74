package io.jvs.scheduling;

/**
 * {@code ovf}: the server of the highest weight, until it has more active connections than its
 * weight; then the next highest, and nobody once all have (ip_vs_ovf.c). So a server takes one
 * connection more than its weight, and UDP flows, which are never active, all go to the first.
 */
final class WeightedOverflow extends RankingScheduler {
  WeightedOverflow() {
    super("ovf");
  }

  @Override
  public boolean goesByProportion() {
    return false; // a weight is a number of connections
  }

  @Override
  long rank(ServerView servers, int index) {
    int weight = servers.weight(index);
    return servers.active(index) <= weight ? -weight : RankTree.OUT;
  }
}

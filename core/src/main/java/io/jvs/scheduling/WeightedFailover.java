package io.jvs.scheduling;

/**
 * {@code fo}: the usable server of the highest weight gets everything; the first of equals
 * (ip_vs_fo.c).
 */
final class WeightedFailover extends RankingScheduler {
  WeightedFailover() {
    super("fo");
  }

  @Override
  long rank(ServerView servers, int index) {
    return -servers.weight(index);
  }
}

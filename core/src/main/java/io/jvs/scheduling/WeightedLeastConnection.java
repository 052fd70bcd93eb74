package io.jvs.scheduling;

/** {@code wlc}: the smallest overhead per weight; the first of equals (ip_vs_wlc.c). */
final class WeightedLeastConnection extends RankingScheduler {
  WeightedLeastConnection() {
    super("wlc");
  }

  @Override
  long rank(ServerView servers, int index) {
    return perWeight(servers.overhead(index), servers.weight(index));
  }
}

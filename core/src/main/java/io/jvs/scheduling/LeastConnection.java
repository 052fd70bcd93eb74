package io.jvs.scheduling;

/** {@code lc}: the smallest overhead, whatever the weight; the first of equals (ip_vs_lc.c). */
final class LeastConnection extends RankingScheduler {
  LeastConnection() {
    super("lc");
  }

  @Override
  long rank(ServerView servers, int index) {
    return Integer.toUnsignedLong(servers.overhead(index));
  }
}

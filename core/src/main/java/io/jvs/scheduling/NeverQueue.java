package io.jvs.scheduling;

/**
 * {@code nq}: the first server without an active connection, whatever its weight; if all are busy,
 * as {@code sed} (ip_vs_nq.c). No connection waits behind another while a server is idle.
 */
final class NeverQueue extends RankingScheduler {
  private static final long IDLE = Long.MIN_VALUE; // before all that sed may give

  NeverQueue() {
    super("nq");
  }

  @Override
  long rank(ServerView servers, int index) {
    int active = servers.active(index);
    return active == 0 ? IDLE : perWeight(active + 1, servers.weight(index));
  }
}

package io.jvs.scheduling;

/**
 * {@code sed}: the smallest number of active connections per weight, the new one counted already;
 * the first of equals (ip_vs_sed.c). Unlike {@code wlc} it does not give an idle slow server what a
 * busy fast one would do sooner.
 */
final class ShortestExpectedDelay extends RankingScheduler {
  ShortestExpectedDelay() {
    super("sed");
  }

  @Override
  long rank(ServerView servers, int index) {
    return perWeight(servers.active(index) + 1, servers.weight(index));
  }
}

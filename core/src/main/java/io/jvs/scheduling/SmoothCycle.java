package io.jvs.scheduling;

import io.jvs.model.RealServer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.random.RandomGenerator;

/**
 * The order of {@code swrr}: that of the chairman assignment problem (Tijdeman, The chairman
 * assignment problem, 1980). Of those who have not had so many turns that another would put them
 * ahead, the one whose next turn is due first. That keeps each within 1 - 1/(2n-2) turns of its
 * share at any time.
 *
 * <p>Servers of the same weight take the turns of their weight one after the other. Then each is
 * still less than one turn away from its share, and only as many are weighed against each other as
 * there are different weights.
 */
final class SmoothCycle {
  /**
   * Turns in a cycle, or 64 for each server if that is more; weights that need more are rounded.
   */
  private static final int MAX_TURNS = 1 << 16;

  private SmoothCycle() {}

  /**
   * Indexes of servers, one for each turn; empty if all weights are 0. Which of the servers of a
   * weight has the first of its turns is chance, so that many processes which start at the same
   * time do not all begin with the same one.
   */
  static int[] of(ServerView servers, RandomGenerator random) {
    List<Share> shares = shares(servers);
    long all = 0;
    long divisor = 0;
    for (Share share : shares) {
      share.next = random.nextInt(share.servers.length);
      all += share.turns;
      divisor = gcd(share.turns, divisor);
    }
    int[] cycle = new int[Math.toIntExact(all)];
    int round = (int) (all / Math.max(divisor, 1)); // then the weights begin anew, not the servers
    Share[] order = order(shares, round, divisor);
    for (int turn = 0; turn < cycle.length; turn++) {
      cycle[turn] = order[turn % round].nextServer();
    }
    return cycle;
  }

  private static List<Share> shares(ServerView servers) {
    int size = servers.size();
    int[] count = new int[RealServer.MAX_WEIGHT + 1];
    long total = 0;
    long divisor = 0;
    for (int i = 0; i < size; i++) {
      int weight = weight(servers, i);
      if (count[weight]++ == 0) {
        divisor = gcd(weight, divisor);
      }
      total += weight;
    }
    long most = Math.max(MAX_TURNS, 64L * size);
    Share[] byWeight = new Share[count.length];
    List<Share> shares = new ArrayList<>();
    for (int weight = 1; weight < count.length; weight++) {
      if (count[weight] > 0) {
        long turns =
            total / divisor <= most ? weight / divisor : Math.max(1, weight * most / total);
        byWeight[weight] = new Share(shares.size(), new int[count[weight]], turns);
        shares.add(byWeight[weight]);
      }
    }
    for (int i = 0; i < size; i++) {
      Share share = byWeight[weight(servers, i)];
      if (share != null) {
        share.add(i);
      }
    }
    return shares;
  }

  /** Who is excluded has no turns. */
  private static int weight(ServerView servers, int index) {
    return servers.excluded(index) ? 0 : servers.weight(index);
  }

  /** Whose turn it is in the shortest cycle of the weights. */
  private static Share[] order(List<Share> shares, int round, long divisor) {
    Share[] order = new Share[round];
    PriorityQueue<Share> early =
        new PriorityQueue<>(
            Comparator.<Share>comparingLong(share -> share.release)
                .thenComparingInt(share -> share.number));
    PriorityQueue<Share> due =
        new PriorityQueue<>(
            Comparator.<Share>comparingLong(share -> share.deadline)
                .thenComparingInt(share -> share.number));
    for (Share share : shares) {
      share.plan(0, share.turns / divisor, round, shares.size());
      early.add(share);
    }
    for (int turn = 0; turn < round; turn++) {
      while (!early.isEmpty() && early.element().release <= turn) {
        due.add(early.remove());
      }
      Share next = due.isEmpty() ? early.remove() : due.remove();
      order[turn] = next;
      if (next.planned < next.turns / divisor) {
        next.plan(next.planned, next.turns / divisor, round, shares.size());
        early.add(next);
      }
    }
    return order;
  }

  private static long gcd(long a, long b) {
    return b == 0 ? a : gcd(b, a % b);
  }

  /** All servers of one weight. */
  private static final class Share {
    private final int number;
    private final int[] servers;
    private final long turns; // of all of them in a cycle of the servers
    private int filled;
    private int next;
    private long planned; // turns in a cycle of the weights
    private long release; // the first turn, from 0, that the next one may be
    private long deadline; // the last one that it should be

    Share(int number, int[] servers, long turnsOfEach) {
      this.number = number;
      this.servers = servers;
      this.turns = servers.length * turnsOfEach;
    }

    void add(int server) {
      servers[filled] = server;
      filled++;
    }

    int nextServer() {
      int server = servers[next];
      next = next + 1 == servers.length ? 0 : next + 1;
      return server;
    }

    /**
     * Plans the turn after {@code taken} ones. Its share after turn t is (t + 1) * own / round; the
     * turn may come when that has reached taken + d, and must while it is not above taken + 1 - d,
     * where d = 1 / (2n - 2).
     */
    void plan(long taken, long own, long round, long n) {
      long parts = Math.max(1, 2 * n - 2);
      release = ((taken * parts + 1) * round - 1) / (own * parts);
      deadline = (taken * parts + parts - 1) * round / (own * parts) - 1;
      planned = taken + 1;
    }
  }
}

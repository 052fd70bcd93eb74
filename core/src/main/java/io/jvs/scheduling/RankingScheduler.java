package io.jvs.scheduling;

import io.jvs.model.Flow;

/**
 * A policy that gives every server a rank, as a number of its own counts and weight, and chooses
 * the first one of the lowest rank. Most of the kernel's are: they walk over the list and keep the
 * best so far, where a later server replaces an earlier one only if it is strictly better.
 *
 * <p>Few servers are walked over; for many there is a {@link RankTree}, which chooses the same.
 */
abstract class RankingScheduler implements Scheduler {
  /** Up to so many servers a walk costs less than keeping a tree. */
  private static final int WALK = 16;

  private final String name;

  RankingScheduler(String name) {
    this.name = name;
  }

  /** The rank of an eligible server; less than {@link RankTree#OUT}. */
  abstract long rank(ServerView servers, int index);

  /**
   * A load per weight as one number that orders exactly as the fractions do, which the kernel
   * compares multiplied out. Two different fractions with denominators of at most 65,535 differ by
   * more than 2^-32, so rounding down at the 32nd binary place keeps them apart, and equal ones
   * stay equal.
   */
  static long perWeight(int load, int weight) {
    long scaled = (long) load << 32;
    return weight == 1 ? scaled : load >= 0 ? scaled / weight : Math.floorDiv(scaled, weight);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Selector prepare(ServerView servers, Setup setup) {
    return servers.size() <= WALK ? this::walk : new Ranking(servers);
  }

  private long rankIfEligible(ServerView servers, int index) {
    return servers.eligible(index) ? rank(servers, index) : RankTree.OUT;
  }

  private int walk(ServerView servers, Flow flow) {
    int best = Selector.NONE;
    long lowest = RankTree.OUT;
    for (int i = servers.nextEligible(0); i < servers.size(); i = servers.nextEligible(i + 1)) {
      long rank = rank(servers, i);
      if (rank < lowest) {
        best = i;
        lowest = rank;
      }
    }
    return best;
  }

  private final class Ranking implements LoadAware {
    /** A stale rank is put right and the search repeated; then the list is walked over. */
    private static final int ATTEMPTS = 4;

    private final RankTree tree;

    Ranking(ServerView servers) {
      this.tree = new RankTree(servers, RankingScheduler.this::rankIfEligible);
    }

    @Override
    public int select(ServerView servers, Flow flow) {
      for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
        int first = tree.first();
        long rank = tree.rank(first);
        if (rank == RankTree.OUT) {
          break; // nobody, unless somebody has come back this moment
        }
        if (rank == rankIfEligible(servers, first)) {
          return first; // lowest of all, so lowest of those that this flow may have, too
        }
        loadChanged(servers.whole(), first);
      }
      return walk(servers, flow);
    }

    @Override
    public void loadChanged(ServerView servers, int index) {
      tree.update(servers, index);
    }
  }
}

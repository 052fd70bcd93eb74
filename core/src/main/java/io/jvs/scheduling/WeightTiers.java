package io.jvs.scheduling;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Finds the next server of at least some weight without looking at those below it: for each
 * different weight a bit per server, so that a walk of {@code wrr} at a level that only one of
 * 10,000 servers takes part in passes over the others by the word.
 */
final class WeightTiers {
  /** A megabyte; with more servers of more different weights each server is looked at. */
  private static final int MAX_WORDS = 1 << 17;

  /** All positive weights, each once, ascending. */
  private final int[] weights;

  /** For each of them the servers of at least that weight; null if that would be too much. */
  private final long @Nullable [][] tiers;

  /**
   * @param weights all positive weights of the list, each once, ascending
   */
  WeightTiers(ServerView servers, int[] weights) {
    this.weights = weights;
    int size = servers.size();
    int words = (size + 63) >> 6;
    if ((long) weights.length * words > MAX_WORDS) {
      this.tiers = null;
      return;
    }
    long[][] bits = new long[weights.length][words];
    for (int i = 0; i < size; i++) {
      int own = Arrays.binarySearch(weights, servers.weight(i));
      if (own >= 0) {
        bits[own][i >> 6] |= 1L << i;
      }
    }
    for (int tier = weights.length - 2; tier >= 0; tier--) {
      for (int word = 0; word < words; word++) {
        bits[tier][word] |= bits[tier + 1][word];
      }
    }
    this.tiers = bits;
  }

  /** The first eligible server of this weight or more at {@code from} or behind; or the size. */
  int next(ServerView servers, int weight, int from) {
    int next;
    if (tiers == null) {
      next = servers.nextEligible(from);
      while (next < servers.size() && servers.weight(next) < weight) {
        next = servers.nextEligible(next + 1);
      }
    } else {
      long[] tier = tiers[tierOf(weight)];
      next = nextBit(tier, from, servers.size());
      while (next < servers.size() && !servers.eligible(next)) {
        next = nextBit(tier, next + 1, servers.size());
      }
    }
    return next;
  }

  /** The highest weight of an eligible server, 0 if there is none. */
  int highestEligible(ServerView servers) {
    if (servers.nextEligible(0) == servers.size()) {
      return 0;
    }
    int tier = weights.length - 1;
    while (tier >= 0 && next(servers, weights[tier], 0) == servers.size()) {
      tier--;
    }
    return tier < 0 ? 0 : weights[tier];
  }

  /** The lowest tier of this weight or more; there is always one, as no level is above all. */
  private int tierOf(int weight) {
    int tier = Arrays.binarySearch(weights, weight);
    return tier >= 0 ? tier : -tier - 1;
  }

  private static int nextBit(long[] bits, int from, int size) {
    if (from >= size) {
      return size;
    }
    int at = from >> 6;
    long word = bits[at] & -1L << from;
    while (word == 0) {
      at++;
      if (at == bits.length) {
        return size;
      }
      word = bits[at];
    }
    return (at << 6) + Long.numberOfTrailingZeros(word);
  }
}

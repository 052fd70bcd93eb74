package io.jvs.scheduling;

import java.util.Arrays;
import java.util.List;

/**
 * Who owns each place of the table of {@code mh}: Eisenbud et al., "Maglev: A Fast and Reliable
 * Software Network Load Balancer" (NSDI 2016), section 3.4, with weights as in ip_vs_mh.c. Each
 * server has its own order of all places, given by an offset and a skip; in turn, each takes the
 * next free ones of its order. So a server that leaves frees its own places and moves few others.
 */
final class MaglevTable {
  /** A prime; CONFIG_IP_VS_MH_TAB_INDEX 12, as Linux is built unless told otherwise. */
  static final int PLACES = 4093;

  /** Half of that index: how many bits of the highest weight count. */
  private static final int WEIGHT_BITS = 6;

  private MaglevTable() {}

  /**
   * The owner of each place, NONE for all if no weight is positive.
   *
   * @param first index of the first server to have places; those before it have none
   * @param weights of all servers, by index
   */
  static int[] build(ServerView servers, int first, List<Integer> weights) {
    int[] owners = new int[PLACES];
    Arrays.fill(owners, Scheduler.Selector.NONE);
    int[] turns = turns(weights.subList(first, weights.size()));
    if (turns.length > 0) {
      fill(owners, servers, first, turns);
    }
    return owners;
  }

  /** How many places each server takes at a time; empty if nobody has a weight. */
  private static int[] turns(List<Integer> weights) {
    int divisor = 0;
    int highest = 0;
    for (int weight : weights) {
      divisor = gcd(weight, divisor);
      highest = Math.max(highest, weight);
    }
    if (divisor == 0) {
      return new int[0];
    }
    int bits = Integer.SIZE - Integer.numberOfLeadingZeros(highest / divisor);
    int shift = Math.max(0, bits - WEIGHT_BITS);
    int[] turns = new int[weights.size()];
    for (int i = 0; i < turns.length; i++) {
      int weight = weights.get(i);
      turns[i] = weight == 0 ? 0 : Math.max(1, (weight / divisor) >> shift);
    }
    return turns;
  }

  private static void fill(int[] owners, ServerView servers, int first, int[] turns) {
    int[] cursors = new int[turns.length];
    int[] skips = new int[turns.length];
    for (int i = 0; i < turns.length; i++) {
      var address = servers.server(first + i).address();
      int value = address.getPort() + Folded.server(address);
      cursors[i] = place(MaglevHash.hash(value, MaglevHash.FIRST_KEY));
      skips[i] =
          Integer.remainderUnsigned(MaglevHash.hash(value, MaglevHash.SECOND_KEY), PLACES - 1) + 1;
    }
    int free = PLACES;
    while (true) {
      for (int i = 0; i < turns.length; i++) {
        for (int turn = 0; turn < turns[i]; turn++) {
          while (owners[cursors[i]] != Scheduler.Selector.NONE) {
            int next = cursors[i] + skips[i];
            cursors[i] = next < PLACES ? next : next - PLACES;
          }
          owners[cursors[i]] = first + i;
          free--;
          if (free == 0) {
            return;
          }
        }
      }
    }
  }

  /** The place that a hash leads to. */
  static int place(int hash) {
    return Integer.remainderUnsigned(hash, PLACES);
  }

  private static int gcd(int a, int b) {
    return b == 0 ? a : gcd(b, a % b);
  }
}

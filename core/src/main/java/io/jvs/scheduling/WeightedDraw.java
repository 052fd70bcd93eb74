package io.jvs.scheduling;

import io.jvs.scheduling.Scheduler.Selector;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Draws a server by chance, in proportion to its weight, at the same cost for any number of them:
 * the alias method (Walker 1977, in the form of Vose, A Linear Algorithm for Generating Random
 * Numbers with a Given Distribution, 1991). Each place of the table belongs to one server up to a
 * limit and to one other above it.
 */
final class WeightedDraw {
  /** Draws that hit servers which are out, before a search takes the next one that is not. */
  private static final int DRAWS = 4;

  private static final double UNIT = 0x1p32;

  private final int size;

  /** For each place: alias in the upper half, limit in the lower one; null if weights are equal. */
  private final long @Nullable [] places;

  WeightedDraw(ServerView servers) {
    size = servers.size();
    long total = 0;
    boolean equal = true;
    for (int i = 0; i < size; i++) {
      total += servers.weight(i);
      equal &= servers.weight(i) == servers.weight(0);
    }
    places = equal ? null : aliases(servers, total);
  }

  /** Shares of n servers are 1 on average; what one lacks, another that has more gives it. */
  private static long[] aliases(ServerView servers, long total) {
    int size = servers.size();
    double[] share = new double[size];
    Deque<Integer> poor = new ArrayDeque<>();
    Deque<Integer> rich = new ArrayDeque<>();
    for (int i = 0; i < size; i++) {
      share[i] = (double) servers.weight(i) * size / total;
      (share[i] < 1 ? poor : rich).add(i);
    }
    long[] places = new long[size];
    while (!poor.isEmpty() && !rich.isEmpty()) {
      int lacking = poor.remove();
      int giving = rich.remove();
      places[lacking] = (long) giving << 32 | (long) (share[lacking] * UNIT);
      share[giving] -= 1 - share[lacking];
      (share[giving] < 1 ? poor : rich).add(giving);
    }
    poor.addAll(rich); // what rounding has left over; each is 1 but for that
    for (int full : poor) {
      places[full] = (long) full << 32;
    }
    return places;
  }

  /**
   * An eligible server, or NONE if there is none.
   *
   * @param chance 64 random bits
   */
  int eligible(ServerView servers, long chance) {
    long bits = chance;
    for (int draw = 0; draw < DRAWS && size > 0; draw++) {
      int drawn = any(bits);
      if (servers.eligible(drawn)) {
        return drawn;
      }
      bits = next(bits);
    }
    return search(servers, (int) (((bits >>> 32) * size) >>> 32));
  }

  /** A second draw for the same bits: another eligible server, or {@code first} if luck fails. */
  int another(ServerView servers, int first, long chance) {
    long bits = chance;
    for (int draw = 0; draw < DRAWS; draw++) {
      bits = next(~bits);
      int drawn = any(bits);
      if (drawn != first && servers.eligible(drawn)) {
        return drawn;
      }
    }
    int found = search(servers, (int) (((bits >>> 32) * size) >>> 32));
    if (found == first) {
      found = search(servers, first + 1);
    }
    return found == Selector.NONE ? first : found; // first itself, if it is the only one
  }

  /** The next number of Knuth's MMIX generator, whose upper bits are good enough to draw with. */
  private static long next(long bits) {
    return bits * 0x5851_F42D_4C95_7F2DL + 0x1405_7B7E_F767_814FL;
  }

  private int any(long bits) {
    int place = (int) (((bits >>> 32) * size) >>> 32);
    if (places == null) {
      return place;
    }
    long entry = places[place];
    return (bits & 0xFFFF_FFFFL) < (entry & 0xFFFF_FFFFL) ? place : (int) (entry >>> 32);
  }

  /** Most are out: the next one that is not, round the end. */
  private int search(ServerView servers, int start) {
    int found = servers.nextEligible(start);
    if (found == size) {
      found = servers.nextEligible(0);
    }
    return found == size ? Selector.NONE : found;
  }
}

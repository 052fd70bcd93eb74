package io.jvs.balancing;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.IntPredicate;

/**
 * Which servers of a list a policy may choose, one bit each: 10,000 servers are 1.2 KB, so that a
 * policy need not look at the servers themselves, and passes over those that are out by the word.
 *
 * <p>The truth is with the servers. Whoever changes it there {@link #set}s the bit afterwards,
 * again if the truth has changed meanwhile; so whatever threads do at once, the last one leaves it
 * right.
 */
final class EligibleServers {
  private static final VarHandle WORD = MethodHandles.arrayElementVarHandle(long[].class);

  private final int size;
  private final long[] words;

  /** As {@code eligible} says now; not shared with anybody yet. */
  EligibleServers(int size, IntPredicate eligible) {
    this.size = size;
    this.words = new long[(size + 63) >> 6];
    for (int i = 0; i < size; i++) {
      if (eligible.test(i)) {
        words[i >> 6] |= 1L << i;
      }
    }
  }

  boolean contains(int index) {
    return (word(index >> 6) >>> index & 1) != 0;
  }

  void set(int index, boolean eligible) {
    long bit = 1L << index;
    if (contains(index) == eligible) {
      return;
    }
    if (eligible) {
      WORD.getAndBitwiseOr(words, index >> 6, bit);
    } else {
      WORD.getAndBitwiseAnd(words, index >> 6, ~bit);
    }
  }

  /** The first one of this index or a higher one, or the size of the list. */
  int next(int from) {
    if (from >= size) {
      return size;
    }
    int at = from >> 6;
    long word = word(at) & -1L << from;
    while (word == 0) {
      at++;
      if (at == words.length) {
        return size;
      }
      word = word(at);
    }
    return (at << 6) + Long.numberOfTrailingZeros(word);
  }

  int count() {
    int count = 0;
    for (int at = 0; at < words.length; at++) {
      count += Long.bitCount(word(at));
    }
    return count;
  }

  private long word(int at) {
    return (long) WORD.getVolatile(words, at);
  }
}

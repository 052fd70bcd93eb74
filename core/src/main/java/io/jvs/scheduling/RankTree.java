package io.jvs.scheduling;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * The first of the lowest ranks in a list, found in a few steps and kept up to date in a few: each
 * level holds the lowest rank of every 16 of the level below. Sixteen longs are two cache lines;
 * 10,000 servers make four levels and 86 KB.
 *
 * <p>The truth is with the servers, and the tree follows it without a lock. Whoever changes the
 * truth {@link #update}s the leaf afterwards, and whoever has written anywhere looks at what it was
 * computed from once more and repeats if that has changed. So every change is followed by a look of
 * somebody who sees it, and when all is quiet every level is right; while threads are at it, one
 * may find what was the lowest rank a moment ago, as one may without a tree.
 */
final class RankTree {
  /** The rank of a server that may not be chosen, behind all others. */
  static final long OUT = Long.MAX_VALUE;

  private static final int FANOUT_SHIFT = 4;
  private static final int FANOUT = 1 << FANOUT_SHIFT;
  private static final VarHandle RANK = MethodHandles.arrayElementVarHandle(long[].class);

  /** Leaves first; the last level is a single block. All are filled up to whole blocks with OUT. */
  private final long[][] levels;

  private final Ranks ranks;

  /** What the ranks are computed from, at this moment. */
  @FunctionalInterface
  interface Ranks {
    long of(ServerView servers, int index);
  }

  RankTree(ServerView servers, Ranks ranks) {
    this.ranks = ranks;
    int size = servers.size();
    int depth = 1;
    for (int width = size; width > FANOUT; width = blocks(width)) {
      depth++;
    }
    levels = new long[depth][];
    int width = size;
    for (int level = 0; level < depth; level++) {
      long[] row = new long[blocks(width) << FANOUT_SHIFT];
      for (int i = 0; i < row.length; i++) {
        row[i] =
            i >= width ? OUT : level == 0 ? ranks.of(servers, i) : lowest(levels[level - 1], i);
      }
      levels[level] = row;
      width = blocks(width);
    }
  }

  private static int blocks(int width) {
    return Math.max(1, (width + FANOUT - 1) >> FANOUT_SHIFT);
  }

  /** Index of the first server of the lowest rank, whatever that is. */
  int first() {
    int index = 0;
    for (int level = levels.length - 1; level >= 0; level--) {
      index = firstOfBlock(levels[level], index << FANOUT_SHIFT);
    }
    return index;
  }

  long rank(int index) {
    return read(levels[0], index);
  }

  /** Makes the tree follow a change of this server's rank. */
  void update(ServerView servers, int index) {
    if (!follow(servers, index)) {
      return;
    }
    int block = index >> FANOUT_SHIFT;
    for (int level = 1; level < levels.length; level++) {
      if (!follow(level, block)) {
        return; // as it should be, or somebody else has just written it and goes on upwards
      }
      block >>= FANOUT_SHIFT;
    }
  }

  private boolean follow(ServerView servers, int index) {
    boolean written = false;
    long truth = ranks.of(servers, index);
    while (read(levels[0], index) != truth) {
      RANK.setVolatile(levels[0], index, truth);
      written = true;
      truth = ranks.of(servers, index);
    }
    return written;
  }

  private boolean follow(int level, int block) {
    boolean written = false;
    long truth = lowest(levels[level - 1], block);
    while (read(levels[level], block) != truth) {
      RANK.setVolatile(levels[level], block, truth);
      written = true;
      truth = lowest(levels[level - 1], block);
    }
    return written;
  }

  private static long lowest(long[] row, int block) {
    int from = block << FANOUT_SHIFT;
    long lowest = read(row, from);
    for (int i = from + 1; i < from + FANOUT; i++) {
      lowest = Math.min(lowest, read(row, i));
    }
    return lowest;
  }

  private static int firstOfBlock(long[] row, int from) {
    int first = from;
    long lowest = read(row, from);
    for (int i = from + 1; i < from + FANOUT; i++) {
      long rank = read(row, i);
      if (rank < lowest) {
        lowest = rank;
        first = i;
      }
    }
    return first;
  }

  private static long read(long[] row, int index) {
    return (long) RANK.getVolatile(row, index);
  }
}

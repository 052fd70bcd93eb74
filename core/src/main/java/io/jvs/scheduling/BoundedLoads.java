package io.jvs.scheduling;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Who may take one more connection when no server is to have more than {@value #CAPACITY} times its
 * fair share: consistent hashing with bounded loads (Mirrokni, Thorup and Zadimoghaddam, SODA 2018;
 * arXiv:1608.01350, 2016), with weights. The fair share is that of all active connections of the
 * usable servers, the new one included, by weight. Some usable server is always below its bound.
 *
 * <p>The sums are kept up to date by whoever changes a count, so that asking costs the same for any
 * number of servers.
 */
final class BoundedLoads {
  /**
   * The paper's c = 1 + ε. Nearer to 1, loads are more even, but more clients are led away from
   * home, and each server or connection that comes or goes moves more others: O(1/ε²) on average.
   */
  static final double CAPACITY = 1.25;

  /** For each server that is usable its active connections, shifted by 32, and its weight; or 0. */
  private final AtomicLongArray known;

  /** The sum of all these: connections below 2^31, weights below 2^32. */
  private final AtomicLong all = new AtomicLong();

  BoundedLoads(ServerView servers) {
    known = new AtomicLongArray(servers.size());
    for (int i = 0; i < known.length(); i++) {
      changed(servers, i);
    }
  }

  /** Count or marks of this server have changed. Any thread, several at once. */
  void changed(ServerView servers, int index) {
    long seen;
    do {
      seen = share(servers, index);
      all.addAndGet(seen - known.getAndSet(index, seen));
      // Another thread may have stored something newer, which this one has just overwritten.
    } while (share(servers, index) != seen);
  }

  /** Whether the server, a usable one, stays within its bound with one connection more. */
  boolean admits(ServerView servers, int index) {
    long sums = all.get();
    double connections = (sums >>> 32) + 1;
    double weights = sums & 0xFFFF_FFFFL;
    // active + 1 <= ceil(c * connections * weight / weights), for a whole number of active ones:
    return servers.active(index) < CAPACITY * connections * servers.weight(index) / weights;
  }

  private static long share(ServerView servers, int index) {
    return servers.eligible(index)
        ? ((long) servers.active(index) << 32) | servers.weight(index)
        : 0;
  }
}

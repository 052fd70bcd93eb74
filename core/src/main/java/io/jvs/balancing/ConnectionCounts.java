package io.jvs.balancing;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Active and inactive connections of a server in one long, so that a connection moves from one to
 * the other in one atomic step and both are read at the same moment. The eight highest bits count
 * what was opened: that costs no atomic step of its own, and only each 256th time another one.
 *
 * <p>Padded to stand alone on its cache lines: all threads write the counts of all servers. The
 * marks that a policy asks for with every server, and the limit that every binding looks at, stand
 * on the same line, so that looking at a server is one miss and not three.
 */
final class ConnectionCounts extends PaddedLong {
  private static final int ACTIVE_SHIFT = 28;
  private static final int OPENED_SHIFT = 56;
  private static final int MASK = (1 << ACTIVE_SHIFT) - 1; // 268 million of each kind
  private static final VarHandle BITS;
  private static final VarHandle OPENED_BEFORE;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      BITS = lookup.findVarHandle(PaddedLong.class, "bits", long.class);
      OPENED_BEFORE = lookup.findVarHandle(PaddedLong.class, "openedBefore", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  // Behind the fields as Padding has them before. Never read.
  @SuppressWarnings("unused")
  private long p1, p2, p3, p4, p5, p6, p7;

  /** Of {@link #bits}. */
  static int active(long bits) {
    return (int) (bits >>> ACTIVE_SHIFT) & MASK;
  }

  /** Of {@link #bits}. */
  static int inactive(long bits) {
    return (int) bits & MASK;
  }

  int active() {
    return active(bits);
  }

  int inactive() {
    return inactive(bits);
  }

  int total() {
    return total(bits);
  }

  private static int total(long bits) {
    return active(bits) + inactive(bits);
  }

  /** How many there have been; exact when nobody is opening one. */
  long opened() {
    return openedBefore + (bits >>> OPENED_SHIFT);
  }

  /** One connection more; returns the new total. */
  int open(boolean active) {
    long bits = add((1L << OPENED_SHIFT) + (active ? 1L << ACTIVE_SHIFT : 1));
    if (bits >>> OPENED_SHIFT == 0) {
      OPENED_BEFORE.getAndAdd((PaddedLong) this, 256L);
    }
    return total(bits);
  }

  /** An active connection goes on as an inactive one. */
  void deactivate() {
    add(1 - (1L << ACTIVE_SHIFT));
  }

  /** One connection less. */
  void close(boolean active) {
    add(active ? -(1L << ACTIVE_SHIFT) : -1);
  }

  private long add(long delta) {
    return (long) BITS.getAndAdd((PaddedLong) this, delta) + delta;
  }
}

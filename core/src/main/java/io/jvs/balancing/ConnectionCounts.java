package io.jvs.balancing;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Active and inactive connections of a server in one long, so that a connection moves from one to
 * the other in one atomic step and both are read at the same moment. Padded to stand alone on its
 * cache lines: all threads write the counts of all servers. The marks that a policy asks for with
 * every server stand on the same line, so that looking at a server is one miss and not three.
 */
final class ConnectionCounts extends PaddedLong {
  private static final VarHandle BITS;

  static {
    try {
      BITS = MethodHandles.lookup().findVarHandle(PaddedLong.class, "bits", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  // Behind the field as PaddedLong has them before it. Never read.
  @SuppressWarnings("unused")
  private long p1, p2, p3, p4, p5, p6, p7;

  /** Of {@link #bits}: active connections in the upper half, inactive ones in the lower half. */
  static int active(long both) {
    return (int) (both >> 32);
  }

  static int inactive(long both) {
    return (int) both;
  }

  int active() {
    return active(bits);
  }

  int inactive() {
    return inactive(bits);
  }

  int total() {
    long both = bits;
    return active(both) + inactive(both);
  }

  /** Adds to both at once and returns the new total. Neither goes below 0. */
  int add(int active, int inactive) {
    long delta = ((long) active << 32) + inactive;
    long both = (long) BITS.getAndAdd((PaddedLong) this, delta) + delta;
    return active(both) + inactive(both);
  }
}

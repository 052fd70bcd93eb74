package io.jvs.transport;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/** What has been used of a {@link Pace}: one number, changed in one atomic step. Any thread. */
class Bucket {
  /** A time this far beyond the tolerance stems from another pace, not from threads that race. */
  private static final long STRANGE_NANOS = 1_000_000_000;

  private static final VarHandle DUE;

  static {
    try {
      DUE = MethodHandles.lookup().findVarHandle(Bucket.class, "due", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** When the next one would be exactly in time; before now if nobody has come for a while. */
  private volatile long due;

  /**
   * Whether one more may come; then it counts.
   *
   * @param now 0 or more, by a clock that has run for less than 73 years
   */
  final boolean take(Pace pace, long now) {
    return take(pace, now, 1) == 1;
  }

  /**
   * How many of {@code wanted} may come at once; those count.
   *
   * @param wanted 1 to 10000
   * @param now as above
   */
  final int take(Pace pace, long now, int wanted) {
    while (true) {
      long before = due;
      long ahead = before - now;
      if (ahead > pace.toleranceNanos()) {
        long empty = now + pace.toleranceNanos() + pace.intervalNanos();
        if (before - empty > STRANGE_NANOS) { // from a slower pace: it counts as empty, no more
          DUE.compareAndSet(this, before, empty);
        }
        return 0;
      }
      long early = Math.max(0, ahead);
      long most = (pace.toleranceNanos() - early) / pace.intervalNanos() + 1;
      int taken = (int) Math.min(wanted, most);
      long after = now + early + taken * pace.intervalNanos();
      if (DUE.compareAndSet(this, before, after)) {
        return taken;
      }
    }
  }

  /** Whether it is as if nobody had ever come. */
  final boolean isFull(long now) {
    return due <= now;
  }
}

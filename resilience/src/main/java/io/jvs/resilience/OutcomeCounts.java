package io.jvs.resilience;

import io.jvs.balancing.Failure;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * What has become of the calls of one server since ever. Any thread may count; that neither locks
 * nor allocates. Whoever reads remembers what it has seen.
 */
final class OutcomeCounts {
  final LongAdder good = new LongAdder();
  final LongAdder slow = new LongAdder();
  final LongAdder failed = new LongAdder();
  final LongAdder slowFailed = new LongAdder();

  /** Longer rows are not counted on: in a storm of days the number would overflow. */
  static final int LONGEST_ROW = 1_000_000;

  /** Connects that have failed since the last that did not. */
  final AtomicInteger connectFailures = new AtomicInteger();

  /**
   * Calls that have failed or were slow since the last good one. A good one ends the row when it is
   * told, also if it was asked long before: it does no harm, since the next row is as fast.
   */
  final AtomicInteger badInARow = new AtomicInteger();

  void count(@Nullable Failure failure, boolean tooLong) {
    if (failure == null) {
      (tooLong ? slow : good).increment();
    } else {
      (tooLong ? slowFailed : failed).increment();
    }
    row(connectFailures, failure == Failure.NEVER_SENT);
    row(badInARow, failure != null || tooLong);
  }

  private static void row(AtomicInteger length, boolean goesOn) {
    int now = length.get();
    if (goesOn && now < LONGEST_ROW) {
      length.incrementAndGet();
    } else if (!goesOn && now != 0) { // a read is shared, a write is not
      length.set(0);
    }
  }
}

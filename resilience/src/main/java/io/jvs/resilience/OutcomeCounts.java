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

  /** Connects that have failed since the last that did not. */
  final AtomicInteger connectFailures = new AtomicInteger();

  void count(@Nullable Failure failure, boolean tooLong) {
    if (failure == null) {
      (tooLong ? slow : good).increment();
    } else {
      (tooLong ? slowFailed : failed).increment();
    }
    if (failure == Failure.NEVER_SENT) {
      connectFailures.incrementAndGet();
    } else if (connectFailures.get() != 0) { // a read is shared, a write is not
      connectFailures.set(0);
    }
  }
}

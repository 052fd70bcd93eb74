package io.jvs.testkit;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for something that other threads or the network bring about. */
final class Eventually {
  /** Ample for a busy machine; a test that passes never waits so long. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private static final long POLL_NANOS = 1_000_000;

  private Eventually() {}

  /**
   * Returns as soon as the condition holds.
   *
   * @throws AssertionError with what was seen last, if it does not hold in time
   */
  static void eventually(String what, BooleanSupplier condition, Supplier<?> seen) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - deadline > 0) {
        throw new AssertionError("waited " + PATIENCE + " for: " + what + "; seen " + seen.get());
      }
      LockSupport.parkNanos(POLL_NANOS);
    }
  }
}

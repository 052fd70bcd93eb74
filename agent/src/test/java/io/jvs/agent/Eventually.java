package io.jvs.agent;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for something that another process or thread brings about. */
final class Eventually {
  /** Ample for a busy machine; a test that passes never waits so long. */
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private Eventually() {}

  static void eventually(String what, BooleanSupplier condition, Supplier<?> seen) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - deadline > 0) {
        throw new AssertionError("waited " + PATIENCE + " for: " + what + "; seen " + seen.get());
      }
      LockSupport.parkNanos(5_000_000);
    }
  }
}

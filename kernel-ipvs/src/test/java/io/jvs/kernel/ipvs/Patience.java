package io.jvs.kernel.ipvs;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;

/** Waits for what the kernel or another process does, without knowing when. */
final class Patience {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final Duration PAUSE = Duration.ofMillis(50);

  private Patience() {}

  static void await(String what, Callable<Boolean> so) throws Exception {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (!so.call()) {
      if (System.nanoTime() - deadline > 0) {
        throw new AssertionError("waited " + LIMIT.toSeconds() + " s in vain: " + what);
      }
      LockSupport.parkNanos(PAUSE.toNanos());
    }
  }
}

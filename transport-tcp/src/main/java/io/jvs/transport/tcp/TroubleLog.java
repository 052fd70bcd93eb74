package io.jvs.transport.tcp;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.function.Supplier;

/**
 * One line when trouble begins and one when it is over. Trouble that comes back within {@value
 * #CALM_SECONDS} seconds is the same trouble, so that a state that flickers is told once. Any
 * thread.
 */
final class TroubleLog {
  private static final long CALM_SECONDS = 5;
  private static final long CALM_NANOS = CALM_SECONDS * 1_000_000_000;

  private final Logger log;
  private volatile boolean trouble; // read without the lock on every accept
  private long lastNanos;

  TroubleLog(Logger log) {
    this.log = log;
  }

  void begins(Supplier<String> line) {
    synchronized (this) {
      lastNanos = System.nanoTime();
      if (trouble) {
        return;
      }
      trouble = true;
    }
    try {
      log.log(Level.WARNING, line);
    } catch (LinkageError e) { // a logger that needs a descriptor for its first line, and gets none
      // The trouble is counted all the same, and its end is told.
    }
  }

  void isOver(Supplier<String> line) {
    if (!trouble) {
      return;
    }
    synchronized (this) {
      if (!trouble || System.nanoTime() - lastNanos < CALM_NANOS) {
        return;
      }
      trouble = false;
    }
    log.log(Level.INFO, line);
  }
}

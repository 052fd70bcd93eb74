package io.jvs.transport;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.function.Supplier;

/**
 * One line when trouble begins and one when it is over. Trouble that comes back within {@value
 * #CALM_SECONDS} seconds is the same trouble, so that a state that flickers is told once. Any
 * thread; trouble that goes on takes no lock.
 */
public final class TroubleLog {
  private static final long CALM_SECONDS = 5;
  private static final long CALM_NANOS = CALM_SECONDS * 1_000_000_000;

  private final Logger log;
  private volatile boolean trouble; // changed under this
  private volatile long lastNanos;

  /** Lines go there: warnings, and infos when it is over. */
  public TroubleLog(Logger log) {
    this.log = log;
  }

  /** There is trouble; the line is asked for if it has not been told. */
  public void begins(Supplier<String> line) {
    if (goesOn()) {
      return;
    }
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

  /**
   * There is trouble. For those who meet it often: {@link #begins} is to be called if this says
   * that nobody has been told, and only then a line need be thought of.
   *
   * @return whether it has been told already
   */
  public boolean goesOn() {
    if (!trouble) {
      return false;
    }
    lastNanos = System.nanoTime();
    return true;
  }

  /** There is no trouble at the moment; to be called now and then. One read if there was none. */
  public void isOver(Supplier<String> line) {
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

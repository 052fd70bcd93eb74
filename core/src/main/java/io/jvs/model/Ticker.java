package io.jvs.model;

import java.time.Instant;

/** Where time comes from; tests turn it by hand. Implementations may be called by any thread. */
public interface Ticker {
  /** Nanoseconds since some fixed moment, never going back; only differences mean anything. */
  long nanoTime();

  /** The date and time to show to people; not for measuring. */
  Instant now();

  /** The clocks of this machine. */
  static Ticker system() {
    return SystemTicker.INSTANCE;
  }
}

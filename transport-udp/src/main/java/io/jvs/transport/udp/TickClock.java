package io.jvs.transport.udp;

import io.jvs.model.Ticker;
import java.time.Duration;

/** Time in steps of 100 ms, as it is good enough for timeouts of flows. Any thread. */
final class TickClock {
  private static final long TICK_NANOS = 100_000_000;

  private final Ticker ticker;
  private final long origin;

  TickClock(Ticker ticker) {
    this.ticker = ticker;
    this.origin = ticker.nanoTime();
  }

  /** The tick that it is. */
  long now() {
    return (ticker.nanoTime() - origin) / TICK_NANOS;
  }

  /** How long until the next one begins, at least 1. */
  long nanosToNext() {
    return TICK_NANOS - (ticker.nanoTime() - origin) % TICK_NANOS;
  }

  /** Since a tick began. */
  long nanosSince(long tick) {
    return ticker.nanoTime() - origin - tick * TICK_NANOS;
  }

  /** So many ticks are at least this time, whatever part of the present one is over. */
  static long ticks(Duration time) {
    return (time.toNanos() + TICK_NANOS - 1) / TICK_NANOS + 1;
  }
}

package io.jvs.transport.tcp;

import io.netty.channel.IoEventLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * An event loop and the time of its sessions: a wheel of deadlines, and one timer for all of it,
 * which rests while there is nothing to wait for. On the loop only.
 */
abstract class SessionLoop {
  static final long TICK_MILLIS = 100;

  /** Sessions are looked after once in so many ticks. */
  private static final int ROUND = 3;

  private final IoEventLoop executor;
  private final TimerWheel timers = new TimerWheel();
  private final List<StagedSession<?>> watched = new ArrayList<>();
  private final Runnable tick = this::tick;
  private boolean ticking;

  SessionLoop(IoEventLoop executor) {
    this.executor = executor;
  }

  /** Any thread. */
  final IoEventLoop executor() {
    return executor;
  }

  /** Any thread. */
  final void execute(Runnable task) {
    executor.execute(task);
  }

  /**
   * The present tick: a clock that costs nothing to read. It is behind when the loop is, so nobody
   * is found to be idle because the loop was busy.
   */
  final long now() {
    return timers.now();
  }

  /** At least so long, whatever part of the present tick is over. */
  static long ticks(Duration time) {
    return (time.toMillis() + TICK_MILLIS - 1) / TICK_MILLIS + 1;
  }

  /** Since that tick. */
  final long millisSince(long tick) {
    return Math.max(0, now() - tick) * TICK_MILLIS;
  }

  final void setTimer(TimerWheel.Timer timer, long ticks) {
    timers.set(timer, ticks);
    startTicking();
  }

  final void cancelTimer(TimerWheel.Timer timer) {
    timers.cancel(timer);
  }

  /** Calls {@link StagedSession#lookAfter} until it says no; not to be called twice meanwhile. */
  final void watch(StagedSession<?> session) {
    watched.add(session);
    startTicking();
  }

  private void startTicking() {
    if (!ticking) {
      ticking = true;
      schedule(tick);
    }
  }

  /** To be run in {@value #TICK_MILLIS} ms; always the same, and once at a time. */
  void schedule(Runnable next) {
    executor.schedule(next, TICK_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** A tick that comes late is not made up for, see {@link #now}. */
  private void tick() {
    ticking = false;
    try {
      timers.advance();
      if (timers.now() % ROUND == 0) {
        watched.removeIf(session -> !session.lookAfter());
      }
    } finally {
      if (!timers.isEmpty() || !watched.isEmpty()) {
        startTicking();
      }
    }
  }
}

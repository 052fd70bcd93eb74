package io.jvs.transport.tcp;

import io.netty.channel.IoEventLoop;
import io.netty.channel.unix.Buffer;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * An event loop and what its connections share: a buffer, pipes, a wheel of deadlines. On the loop
 * only.
 */
final class EpollLoop {
  /** Of the buffer that everything which is not spliced goes through. */
  static final int BUFFER_BYTES = 64 * 1024;

  private static final long TICK_MILLIS = 100;

  /** Sessions are looked after once in so many ticks. */
  private static final int ROUND = 3;

  private final IoEventLoop executor;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
  private final long address = Buffer.memoryAddress(buffer);
  private final EpollPipes pipes;
  private final TimerWheel timers = new TimerWheel();
  private final List<EpollSession> watched = new ArrayList<>();
  private final ArrayDeque<EpollSide> unfinished = new ArrayDeque<>();
  private final ArrayDeque<EpollSocket> closing = new ArrayDeque<>();
  private final Runnable tick = this::tick;
  private final Runnable goOn = this::goOn;
  private final Runnable closeAll = this::closeAll;
  private boolean ticking;
  private boolean goingOn;

  EpollLoop(IoEventLoop executor, WidePipes width) {
    this.executor = executor;
    this.pipes = new EpollPipes(width);
  }

  /** Any thread. */
  IoEventLoop executor() {
    return executor;
  }

  /** Read into and written from within one call, so one is enough for all. */
  ByteBuffer buffer() {
    return buffer;
  }

  /** Where the {@link #buffer} is. */
  long address() {
    return address;
  }

  EpollPipes pipes() {
    return pipes;
  }

  /**
   * The present tick: a clock that costs nothing to read. It is behind when the loop is, so nobody
   * is found to be idle because the loop was busy.
   */
  long now() {
    return timers.now();
  }

  /** At least so long, whatever part of the present tick is over. */
  static long ticks(Duration time) {
    return (time.toMillis() + TICK_MILLIS - 1) / TICK_MILLIS + 1;
  }

  /** Since that tick. */
  long millisSince(long tick) {
    return Math.max(0, now() - tick) * TICK_MILLIS;
  }

  void setTimer(TimerWheel.Timer timer, long ticks) {
    timers.set(timer, ticks);
    startTicking();
  }

  void cancelTimer(TimerWheel.Timer timer) {
    timers.cancel(timer);
  }

  /** Calls {@link EpollSession#lookAfter} until it says no; not to be called twice meanwhile. */
  void watch(EpollSession session) {
    watched.add(session);
    startTicking();
  }

  private void startTicking() {
    if (!ticking) {
      ticking = true;
      executor.schedule(tick, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }
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

  /** {@link EpollSide#goOn}, after all others have had their turn. */
  void goOnLater(EpollSide side) {
    unfinished.add(side);
    if (!goingOn) {
      goingOn = true;
      executor.execute(goOn);
    }
  }

  private void goOn() {
    goingOn = false; // those that are not finished this time come back in a new round
    for (int present = unfinished.size(); present > 0; present--) {
      unfinished.remove().goOn();
    }
  }

  /**
   * {@link EpollSocket#closeSocket}, when the events that have been fetched are dealt with: a new
   * socket could get the number of this one, and the event that was meant for this one.
   */
  void closeSoon(EpollSocket socket) {
    if (closing.isEmpty()) {
      executor.execute(closeAll);
    }
    closing.add(socket);
  }

  private void closeAll() {
    for (EpollSocket socket = closing.poll(); socket != null; socket = closing.poll()) {
      socket.closeSocket();
    }
  }

  /** The loop has ended. */
  void release() {
    pipes.close();
  }
}

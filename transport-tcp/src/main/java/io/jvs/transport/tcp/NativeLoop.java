package io.jvs.transport.tcp;

import io.netty.channel.IoEventLoop;
import io.netty.channel.epoll.LinuxSocket;
import io.netty.channel.unix.Buffer;
import io.netty.channel.unix.Socket;
import java.net.InetSocketAddress;
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
abstract class NativeLoop {
  /** Of the buffer that everything which is not spliced goes through. */
  static final int BUFFER_BYTES = 64 * 1024;

  static final long TICK_MILLIS = 100;

  /** Sessions are looked after once in so many ticks. */
  private static final int ROUND = 3;

  private final IoEventLoop executor;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
  private final long address = Buffer.memoryAddress(buffer);
  private final NativePipes pipes;
  private final TimerWheel timers = new TimerWheel();
  private final List<NativeSession> watched = new ArrayList<>();
  private final ArrayDeque<NativeSide> unfinished = new ArrayDeque<>();
  private final Runnable tick = this::tick;
  private final Runnable goOn = this::goOn;
  private boolean ticking;
  private boolean goingOn;

  NativeLoop(IoEventLoop executor, WidePipes width) {
    this.executor = executor;
    this.pipes = new NativePipes(width);
  }

  /** A side of a session around a socket that is not heard of yet. */
  abstract NativeSide newSide(NativeSession session, Socket socket);

  /** Around a socket that listens; it accepts nobody yet. Any thread. */
  abstract NativeAcceptor newAcceptor(
      RelayEngine.Door door, LinuxSocket socket, InetSocketAddress bound);

  /** Any thread. */
  final IoEventLoop executor() {
    return executor;
  }

  /** Read into and written from within one call, so one is enough for all. */
  final ByteBuffer buffer() {
    return buffer;
  }

  /** Where the {@link #buffer} is. */
  final long address() {
    return address;
  }

  final NativePipes pipes() {
    return pipes;
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

  /** Calls {@link NativeSession#lookAfter} until it says no; not to be called twice meanwhile. */
  final void watch(NativeSession session) {
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

  /** {@link NativeSide#goOn}, after all others have had their turn. */
  final void goOnLater(NativeSide side) {
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

  /** The loop has ended. */
  void release() {
    pipes.close();
  }
}

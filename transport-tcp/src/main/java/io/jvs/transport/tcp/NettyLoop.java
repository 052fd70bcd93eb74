package io.jvs.transport.tcp;

import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * An event loop, and those of its sessions that have something to report or that must be looked
 * after: one timer for all of them, which rests while there are none. On the loop only.
 */
final class NettyLoop {
  private static final long PERIOD_MILLIS = 250;

  private final EventLoop executor;
  private final List<NettySession> watched = new ArrayList<>();
  private boolean ticking;
  private int turn;

  NettyLoop(EventLoop executor) {
    this.executor = executor;
  }

  /** Any thread. */
  EventLoop executor() {
    return executor;
  }

  /** Counts up for ever, around zero. */
  int nextTurn() {
    return turn++ & Integer.MAX_VALUE;
  }

  /** Calls {@link NettySession#lookAfter} until it says no; not to be called twice meanwhile. */
  void watch(NettySession session) {
    watched.add(session);
    if (!ticking) {
      ticking = true;
      executor.schedule(this::tick, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  private void tick() {
    watched.removeIf(session -> !session.lookAfter());
    ticking = !watched.isEmpty();
    if (ticking) {
      executor.schedule(this::tick, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
    }
  }
}

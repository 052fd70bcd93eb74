package io.jvs.transport.tcp;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** All sessions of a transport, for those who wait for their end or bring it. Any thread. */
final class OpenConnections {
  private final Set<RelaySession> sessions = ConcurrentHashMap.newKeySet();
  private volatile @Nullable Thread waiter;

  void add(RelaySession session) {
    sessions.add(session);
  }

  void remove(RelaySession session) {
    sessions.remove(session);
    Thread waiting = waiter;
    if (waiting != null && sessions.isEmpty()) {
      LockSupport.unpark(waiting);
    }
  }

  void resetAll() {
    for (RelaySession session : sessions) {
      session.execute(session::reset);
    }
  }

  /** Waits until there are none; one thread at a time. An interrupt ends the wait and stays set. */
  boolean awaitNone(long nanos) {
    long deadline = System.nanoTime() + nanos;
    waiter = Thread.currentThread();
    try {
      while (!sessions.isEmpty()) {
        long left = deadline - System.nanoTime();
        if (left <= 0 || Thread.currentThread().isInterrupted()) {
          return false;
        }
        LockSupport.parkNanos(this, left);
      }
      return true;
    } finally {
      waiter = null;
    }
  }
}

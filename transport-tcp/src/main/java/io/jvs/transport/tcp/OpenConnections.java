package io.jvs.transport.tcp;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * All connections of a transport, for those who look, wait for their end or bring it. Any thread.
 */
final class OpenConnections {
  private final Set<ProxiedConnection> present = ConcurrentHashMap.newKeySet();
  private volatile @Nullable Thread waiter;

  void add(ProxiedConnection connection) {
    present.add(connection);
  }

  void remove(ProxiedConnection connection) {
    present.remove(connection);
    Thread waiting = waiter;
    if (waiting != null && present.isEmpty()) {
      LockSupport.unpark(waiting);
    }
  }

  /** Some that come or go meanwhile may be among them. */
  Stream<ProxiedConnection> stream() {
    return present.stream();
  }

  void resetAll(String why) {
    present.forEach(connection -> connection.drop(why));
  }

  /** Waits until there are none; one thread at a time. An interrupt ends the wait and stays set. */
  boolean awaitNone(long nanos) {
    long deadline = System.nanoTime() + nanos;
    waiter = Thread.currentThread();
    try {
      while (!present.isEmpty()) {
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

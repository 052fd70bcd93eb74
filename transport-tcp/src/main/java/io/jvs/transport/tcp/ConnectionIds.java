package io.jvs.transport.tcp;

import java.security.SecureRandom;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Ids of connections, one after the other from a random number on, so that those of another process
 * are others. Any thread.
 */
final class ConnectionIds {
  private final AtomicLong next = new AtomicLong(new SecureRandom().nextLong());

  long next() {
    return next.getAndIncrement();
  }

  /** As people see it: 16 hexadecimal digits. */
  static String text(long id) {
    return "%016x".formatted(id);
  }
}

package io.jvs.transport;

import java.security.SecureRandom;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Numbers for connections, each given once in the life of a process. They begin anywhere, so that
 * those of two processes, or of one before and after a restart, do not meet in a log. Any thread.
 */
public final class ConnectionIds {
  private final AtomicLong next = new AtomicLong(new SecureRandom().nextLong());

  /** With numbers of its own. */
  public ConnectionIds() {}

  /** One that nobody else has. */
  public long next() {
    return next.getAndIncrement();
  }

  /** 16 hexadecimal digits, as in the connection log. */
  public static String text(long id) {
    String digits = Long.toHexString(id);
    return "0".repeat(16 - digits.length()) + digits;
  }
}

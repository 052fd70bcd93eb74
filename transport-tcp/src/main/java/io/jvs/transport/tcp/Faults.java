package io.jvs.transport.tcp;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Tells what ended connections although neither side has done anything wrong. Any thread. */
final class Faults {
  private static final Logger LOG = System.getLogger(TcpTransport.class.getName());

  /** Where memory has run out, lines for each connection would be the next trouble. */
  private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(10);

  private static final AtomicLong MEMORY_TOLD = new AtomicLong(System.nanoTime() - PAUSE_NANOS);
  private static final AtomicInteger WITHOUT_MEMORY = new AtomicInteger();

  private Faults() {}

  static void tell(Object connection, Throwable cause) {
    if (!(cause instanceof OutOfMemoryError)) {
      LOG.log(Level.ERROR, "tcp: a fault of ours ended the connection of " + connection, cause);
      return;
    }
    WITHOUT_MEMORY.incrementAndGet();
    long last = MEMORY_TOLD.get();
    long now = System.nanoTime();
    if (now - last >= PAUSE_NANOS && MEMORY_TOLD.compareAndSet(last, now)) {
      LOG.log(
          Level.ERROR,
          "tcp: no memory for what slow receivers have not taken, connections reset since the last"
              + " such line: {0} ({1}; way out: a higher limit, -XX:MaxDirectMemorySize or -Xmx, or"
              + " a lower limit of connections)",
          WITHOUT_MEMORY.getAndSet(0),
          cause.getMessage());
    }
  }
}

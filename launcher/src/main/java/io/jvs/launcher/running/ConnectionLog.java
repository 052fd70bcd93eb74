package io.jvs.launcher.running;

import io.jvs.launcher.configuration.ConnectionLogSettings;
import io.jvs.transport.ClosedConnection;
import io.jvs.transport.ConnectionListener;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes a line for ends of connections. Event loops only put them into a queue, and that when
 * there is room; a thread of its own formats and writes, ten times a second, so a disk that is slow
 * or full costs lines and never a connection. Lines that are missing are counted and told.
 */
final class ConnectionLog implements ConnectionListener, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ConnectionLog.class);
  private static final int ROUNDS_PER_SECOND = 10;
  private static final long ROUND_NANOS = TimeUnit.SECONDS.toNanos(1) / ROUNDS_PER_SECOND;
  private static final int MAX_LINES = 1000; // in one write
  private static final int MAX_QUEUED = 32_768; // some 10 MB
  private static final long TELL_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final Queue<ClosedConnection> queue = new ConcurrentLinkedQueue<>();
  private final AtomicInteger queued = new AtomicInteger();
  private final AtomicInteger budget = new AtomicInteger(); // lines until the next round
  private final LongAdder beyondRate = new LongAdder();
  private final LongAdder beyondQueue = new LongAdder();
  private final LongAdder notWritten = new LongAdder();
  private final LongAdder written = new LongAdder();
  private final AtomicReference<@Nullable ConnectionSink> next = new AtomicReference<>();
  private volatile @Nullable ConnectionLogSettings settings; // null: off
  private volatile boolean stopped;
  private @Nullable Thread writer; // control side, as all that opens and closes

  // The writer's alone.
  private @Nullable ConnectionSink sink;
  private double tokens;
  private long missingTold;
  private long missingLogged;
  private long loggedNanos = System.nanoTime() - TELL_NANOS;

  /**
   * Opens what the settings name, anew each time, so that a file that was moved away is made again.
   *
   * @throws IOException if it cannot be written; then nothing has changed
   */
  static @Nullable ConnectionSink open(@Nullable ConnectionLogSettings wanted) throws IOException {
    if (wanted == null) {
      return null;
    }
    try {
      return ConnectionSink.open(wanted.file());
    } catch (IOException e) {
      throw new IOException(
          "transport.connectionLog.file: cannot be written: "
              + e
              + " (expected: a file in a directory that exists, which this user may write)",
          e);
    }
  }

  /** Control side: from now on like this; null for both turns it off. */
  void use(@Nullable ConnectionLogSettings wanted, @Nullable ConnectionSink opened) {
    if (wanted != null && settings == null) {
      budget.set(wanted.perSecond()); // from the first moment on
    }
    settings = wanted;
    if (opened == null) {
      return; // what is queued still goes where it would have gone
    }
    closeQuietly(next.getAndSet(opened));
    if (writer == null) {
      writer = new Thread(this::run, "jvs-connection-log");
      writer.setDaemon(true);
      writer.start();
    }
  }

  /** Control side: opens the file again, as after it has been moved away. */
  void reopen() throws IOException {
    ConnectionLogSettings present = settings;
    use(present, open(present));
  }

  @Override
  public boolean wants(long id, boolean failed) {
    ConnectionLogSettings now = settings;
    if (now == null) {
      return false;
    }
    boolean always = failed && now.failuresAlways();
    if (!always && !isSampled(id, now.sample())) {
      return false;
    }
    if (budget.getAndDecrement() <= 0) {
      beyondRate.increment();
      return false;
    }
    if (queued.get() >= MAX_QUEUED) {
      beyondQueue.increment();
      return false;
    }
    return true;
  }

  @Override
  public void ended(ClosedConnection connection) {
    queued.incrementAndGet();
    queue.add(connection);
  }

  /** By the id alone, so that whoever else samples by it chooses the same ones. */
  static boolean isSampled(long id, double part) {
    // The last step of splitmix64: ids are in a row, and what this makes of them is spread evenly.
    long mixed = (id ^ (id >>> 30)) * 0xBF58476D1CE4E5B9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
    mixed ^= mixed >>> 31;
    return (mixed >>> 11) * 0x1p-53 < part;
  }

  /** Lines so far. */
  long written() {
    return written.sum();
  }

  /** Lines that are missing because there were more than {@code atMost}. */
  long beyondRate() {
    return beyondRate.sum();
  }

  /** Because writing was slower than connections end. */
  long beyondQueue() {
    return beyondQueue.sum();
  }

  /** Because they could not be written. */
  long notWritten() {
    return notWritten.sum();
  }

  private void run() {
    refill();
    while (!stopped) {
      LockSupport.parkNanos(this, ROUND_NANOS);
      refill();
      round();
    }
    round();
    closeQuietly(sink);
  }

  /** A bucket that holds a second's lines; the part of a line that is left over is kept. */
  private void refill() {
    ConnectionLogSettings now = settings;
    if (now != null) {
      double perRound = (double) now.perSecond() / ROUNDS_PER_SECOND;
      tokens = Math.min(now.perSecond(), tokens + perRound);
      int whole = (int) tokens;
      tokens -= whole;
      budget.updateAndGet(left -> Math.min(now.perSecond(), Math.max(0, left) + whole));
    }
  }

  private void round() {
    try {
      ConnectionSink newer = next.getAndSet(null);
      if (newer != null) {
        closeQuietly(sink);
        sink = newer;
      }
      ConnectionSink to = sink;
      if (to == null) {
        return;
      }
      tellMissing(to);
      List<String> lines = new ArrayList<>();
      for (ClosedConnection each = queue.poll(); each != null; each = queue.poll()) {
        queued.decrementAndGet();
        lines.add(ConnectionLine.of(each));
        if (lines.size() == MAX_LINES) {
          write(to, lines);
          lines.clear();
        }
      }
      write(to, lines);
      if (settings == null) { // turned off, and what was left has been written
        closeQuietly(to);
        sink = null;
      }
    } catch (RuntimeException e) { // ours, but the thread must go on
      LOG.error("connection log: a fault of ours", e);
    }
  }

  private void write(ConnectionSink to, List<String> lines) {
    if (lines.isEmpty()) {
      return;
    }
    try {
      to.write(lines);
      written.add(lines.size());
    } catch (IOException e) {
      notWritten.add(lines.size());
      logMissing(e.toString());
    }
  }

  /** In the log itself, where its readers count. */
  private void tellMissing(ConnectionSink to) {
    long missing = beyondRate() + beyondQueue();
    if (missing != missingTold) {
      logMissing(
          beyondQueue() > 0 ? "written slower than connections end" : "more than atMost allows");
      write(to, List.of(ConnectionLine.missing(Instant.now(), missing - missingTold)));
      missingTold = missing;
    }
  }

  private void logMissing(String why) {
    long now = System.nanoTime();
    if (now - loggedNanos >= TELL_NANOS) {
      loggedNanos = now;
      long missing = beyondRate() + beyondQueue() + notWritten();
      LOG.warn(
          "connection log: {} lines are missing ({}); told again in 10 s at the earliest",
          missing - missingLogged,
          why);
      missingLogged = missing;
    }
  }

  /** Writes what is left; nothing is logged afterwards. */
  @Override
  public void close() {
    settings = null;
    stopped = true;
    Thread present = writer;
    if (present != null) {
      LockSupport.unpark(present);
      try {
        present.join(TimeUnit.SECONDS.toMillis(5));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt(); // then without its last lines
      }
    }
  }

  static void closeQuietly(@Nullable ConnectionSink old) {
    if (old != null) {
      try {
        old.close();
      } catch (IOException e) {
        LOG.warn("connection log: closing failed: {}", e.toString());
      }
    }
  }
}

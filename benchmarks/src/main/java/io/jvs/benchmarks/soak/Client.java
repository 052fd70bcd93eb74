package io.jvs.benchmarks.soak;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** One thread of one {@link Kind}: does what its kind does, at its pace, and counts. */
final class Client extends Thread {
  private static final int PATIENCE_MILLIS = 20_000;
  private static final int KEPT = 8;
  private static final int NEW_ONE_IN = 2000;

  private final Kind kind;
  private final int port;
  private final RandomGenerator random;
  private final LongAdder done;
  private final Failures failures;
  private final byte[] buffer = KnownBytes.buffer();
  private final @Nullable Socket[] kept = new Socket[KEPT];
  private int next;
  private volatile long intervalNanos; // 0: as fast as it can
  private volatile boolean stopped;

  Client(Kind kind, int port, RandomGenerator random, LongAdder done, Failures failures) {
    super("client " + kind);
    this.kind = kind;
    this.port = port;
    this.random = random;
    this.done = done;
    this.failures = failures;
    setDaemon(true);
    pace(kind.perSecond);
  }

  Kind kind() {
    return kind;
  }

  /**
   * @param perSecond 0: as fast as it can
   */
  void pace(double perSecond) {
    intervalNanos = perSecond == 0 ? 0 : (long) (TimeUnit.SECONDS.toNanos(1) / perSecond);
  }

  void end() {
    stopped = true;
    interrupt();
  }

  byte[] buffer() {
    return buffer;
  }

  Socket connect() throws IOException {
    Socket socket = new Socket();
    try {
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(PATIENCE_MILLIS);
      if (kind == Kind.SLOW) {
        socket.setReceiveBufferSize(16 * 1024);
      }
      socket.connect(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), port), PATIENCE_MILLIS);
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /** One of the connections that stay. */
  Socket kept(RandomGenerator chance) throws IOException {
    next = (next + 1) % KEPT;
    Socket socket = kept[next];
    if (socket != null && chance.nextInt(NEW_ONE_IN) == 0) {
      socket.close();
      socket = null;
    }
    if (socket == null) {
      socket = connect();
      kept[next] = socket;
    }
    return socket;
  }

  @Override
  public void run() {
    long due = System.nanoTime();
    while (!stopped) {
      try {
        kind.once(this, random);
        done.increment();
      } catch (IOException e) {
        if (!stopped) {
          failures.add(kind, e);
        }
        forgetKept();
      }
      due += intervalNanos;
      long wait = due - System.nanoTime();
      if (wait < -TimeUnit.SECONDS.toNanos(1) || intervalNanos == 0) {
        due = System.nanoTime(); // what the machine could not do is not made up for
      } else if (wait > 0) {
        LockSupport.parkNanos(wait);
      }
    }
    forgetKept();
  }

  private void forgetKept() {
    for (int i = 0; i < KEPT; i++) {
      Socket socket = kept[i];
      kept[i] = null;
      if (socket != null) {
        try {
          socket.close();
        } catch (IOException e) {
          failures.add(kind, e);
        }
      }
    }
  }
}

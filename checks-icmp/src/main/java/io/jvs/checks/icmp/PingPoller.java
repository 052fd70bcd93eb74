package io.jvs.checks.icmp;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Waits for packets on behalf of all tries, in one daemon thread with poll(2). The thread alone
 * reads from sockets and closes them, so that no descriptor is closed, and its number used again,
 * while it is polled. It ends when there has been nothing to wait for, for {@value #IDLE_MS} ms;
 * the next try starts another.
 */
final class PingPoller implements Runnable {
  private static final int IDLE_MS = 10_000;
  private static final int ENTRY = 8; // struct pollfd: int fd, short events, short revents
  private static final short POLLIN = 1;
  private static final int EFD_NONBLOCK = 0x800;
  private static final int EFD_CLOEXEC = 0x80000;

  /** The one that runs, if any; guarded by the class. */
  private static @Nullable PingPoller running;

  /** Hears of its socket, in the poller's thread, and must not block. */
  interface Reader {
    /** There is something to read, perhaps an error. */
    void readable();

    /** The poller itself cannot go on. */
    void failed(String why);
  }

  private record Change(PingSocket socket, @Nullable Reader reader) {}

  private final int wakeUp;
  private final Queue<Change> changes = new ArrayDeque<>(); // guarded by the class
  private final Map<PingSocket, Reader> readers = new LinkedHashMap<>(); // the thread's own

  private PingPoller(int wakeUp) {
    this.wakeUp = wakeUp;
  }

  /** Tells {@code reader} when there is something, until {@link #remove}. */
  static void add(PingSocket socket, Reader reader) throws PingException {
    synchronized (PingPoller.class) {
      PingPoller now = running;
      if (now == null) {
        int wakeUp = PingSocket.libc().eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
        if (wakeUp < 0) {
          throw new PingException(Errno.reason(PingSocket.errno()));
        }
        now = new PingPoller(wakeUp);
        Thread thread = new Thread(now, "jvs-health-icmp");
        thread.setDaemon(true);
        thread.start();
        running = now;
      }
      now.change(new Change(socket, reader));
    }
  }

  /** Forgets and closes a socket that has been added. */
  static void remove(PingSocket socket) {
    synchronized (PingPoller.class) {
      if (running != null) { // it has sockets, so it runs; unless it has failed and closed them
        running.change(new Change(socket, null));
      }
    }
  }

  private void change(Change change) {
    changes.add(change);
    byte[] one = ByteBuffer.allocate(8).order(ByteOrder.nativeOrder()).putLong(1).array();
    long unused = PingSocket.libc().write(wakeUp, one, one.length);
  }

  @Override
  public void run() {
    long busy = System.nanoTime();
    boolean needed = true;
    while (needed) {
      byte[] entries = entries();
      int ready = PingSocket.libc().poll(entries, entries.length / ENTRY, IDLE_MS);
      int errno = ready < 0 ? PingSocket.errno() : 0;
      if (ready < 0 && errno != Errno.EINTR) {
        die(errno);
        return;
      }
      if (ready > 0) {
        tell(ByteBuffer.wrap(entries).order(ByteOrder.nativeOrder()));
      }
      long now = System.nanoTime();
      synchronized (PingPoller.class) {
        takeChanges();
        busy = readers.isEmpty() ? busy : now;
        needed = now - busy < TimeUnit.MILLISECONDS.toNanos(IDLE_MS);
        if (!needed) {
          running = null;
        }
      }
    }
    int unused = PingSocket.libc().close(wakeUp);
  }

  /** One for the wake-up, then one for each socket, in the order of the readers. */
  private byte[] entries() {
    byte[] bytes = new byte[(readers.size() + 1) * ENTRY];
    ByteBuffer entries = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
    entries.putInt(wakeUp).putShort(POLLIN).putShort((short) 0);
    for (PingSocket socket : readers.keySet()) {
      entries.putInt(socket.descriptor()).putShort(POLLIN).putShort((short) 0);
    }
    return bytes;
  }

  private void tell(ByteBuffer entries) {
    int at = ENTRY;
    for (Reader reader : readers.values()) {
      if (entries.getShort(at + 6) != 0) {
        reader.readable();
      }
      at += ENTRY;
    }
    if (entries.getShort(6) != 0) {
      long unused = PingSocket.libc().read(wakeUp, new byte[8], 8);
    }
  }

  /** Under the lock of the class. */
  private void takeChanges() {
    for (Change change = changes.poll(); change != null; change = changes.poll()) {
      Reader reader = change.reader();
      if (reader != null) {
        readers.put(change.socket(), reader);
      } else if (readers.remove(change.socket()) != null) {
        change.socket().close();
      }
    }
  }

  private void die(int errno) {
    synchronized (PingPoller.class) {
      running = null;
      takeChanges();
    }
    readers.forEach(
        (socket, reader) -> {
          reader.failed("poll: " + Errno.reason(errno));
          socket.close();
        });
    int unused = PingSocket.libc().close(wakeUp);
  }
}

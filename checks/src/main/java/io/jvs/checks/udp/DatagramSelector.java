package io.jvs.checks.udp;

import java.io.IOException;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Waits for datagrams on behalf of all tries, in one daemon thread, as the JDK has no asynchronous
 * datagram channel. The thread ends when there has been nothing to wait for, for {@value #IDLE_MS}
 * ms; the next try starts another.
 */
final class DatagramSelector implements Runnable {
  private static final long IDLE_MS = 10_000;

  /** The one that runs, if any; guarded by the class. */
  private static @Nullable DatagramSelector running;

  /** Hears of its channel, in the selector's thread, and must not block. */
  interface Reader {
    void readable(DatagramChannel channel);

    void failed(Exception cause);
  }

  private record Entry(DatagramChannel channel, Reader reader) {}

  private final Selector selector;
  private final Queue<Entry> added = new ArrayDeque<>(); // guarded by the class

  private DatagramSelector(Selector selector) {
    this.selector = selector;
  }

  /**
   * Tells {@code reader} when there is something to read, until the channel is closed.
   *
   * @param channel does not block
   * @throws IOException if there are no descriptors left for a selector
   */
  static void register(DatagramChannel channel, Reader reader) throws IOException {
    synchronized (DatagramSelector.class) {
      DatagramSelector now = running;
      if (now == null) {
        now = new DatagramSelector(Selector.open());
        Thread thread = new Thread(now, "jvs-health-udp");
        thread.setDaemon(true);
        thread.start();
        running = now;
      }
      now.added.add(new Entry(channel, reader));
      now.selector.wakeup();
    }
  }

  /** Closes a channel; its descriptor goes when the selector has let go of it, which is at once. */
  static void close(DatagramChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      // Nothing is lost with a socket of one datagram, and nobody could do anything about it.
    }
    synchronized (DatagramSelector.class) {
      if (running != null) {
        running.selector.wakeup();
      }
    }
  }

  @Override
  public void run() {
    try (Selector closing = selector) {
      long busy = System.nanoTime();
      boolean needed;
      do {
        int unused = closing.select(this::tell, IDLE_MS);
        long now = System.nanoTime();
        synchronized (DatagramSelector.class) {
          register();
          busy = closing.keys().isEmpty() ? busy : now;
          needed = now - busy < TimeUnit.MILLISECONDS.toNanos(IDLE_MS);
          if (!needed) {
            running = null;
          }
        }
      } while (needed);
    } catch (IOException e) {
      die(e);
    }
  }

  /** Under the lock of the class. */
  private void register() {
    for (Entry entry = added.poll(); entry != null; entry = added.poll()) {
      try {
        entry.channel().register(selector, SelectionKey.OP_READ, entry.reader());
      } catch (ClosedChannelException e) {
        // Its try has ended already.
      }
    }
  }

  private void tell(SelectionKey key) {
    try {
      if (key.isReadable() && key.attachment() instanceof Reader reader) {
        reader.readable((DatagramChannel) key.channel());
      }
    } catch (CancelledKeyException e) {
      // Its try has ended meanwhile.
    }
  }

  private void die(IOException cause) {
    synchronized (DatagramSelector.class) {
      running = null;
      added.forEach(entry -> entry.reader().failed(cause));
      selector.keys().forEach(key -> ((Reader) key.attachment()).failed(cause));
    }
  }
}

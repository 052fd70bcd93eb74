package io.jvs.health;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/**
 * Opens TCP connections for checks without a thread for each. A connection that is there at once,
 * as on this machine, is made on the caller's thread alone; one selector thread, started with the
 * first of the others, waits for those. Any thread.
 */
final class Connector implements AutoCloseable {
  private final ThreadFactory threads;
  private final Queue<Pending> arriving = new ConcurrentLinkedQueue<>();
  private @Nullable Selector selector; // under this
  private boolean closed; // under this

  private record Pending(SocketChannel channel, CompletableFuture<SocketChannel> result) {}

  Connector(ThreadFactory threads) {
    this.threads = threads;
  }

  /**
   * Connects; the caller closes the channel whatever becomes of it.
   *
   * @param bind the local address, or null for any
   * @return the same channel when it is connected, non-blocking, or an {@link IOException}
   */
  CompletableFuture<SocketChannel> connect(
      SocketChannel channel, @Nullable InetAddress bind, InetSocketAddress address) {
    CompletableFuture<SocketChannel> result = new CompletableFuture<>();
    try {
      channel.configureBlocking(false);
      if (bind != null) {
        channel.bind(new InetSocketAddress(bind, 0));
      }
      if (channel.connect(address) || channel.finishConnect()) {
        result.complete(channel);
      } else {
        await(new Pending(channel, result));
      }
    } catch (IOException | RuntimeException e) { // refused, or an address that cannot be used
      result.completeExceptionally(e);
    }
    return result;
  }

  private void await(Pending pending) throws IOException {
    Selector waker;
    synchronized (this) {
      if (closed) {
        throw new IOException("the monitor is closed");
      }
      if (selector == null) {
        Selector fresh = Selector.open();
        selector = fresh;
        threads.newThread(() -> run(fresh)).start();
      }
      waker = selector;
    }
    arriving.add(pending);
    waker.wakeup();
  }

  private void run(Selector mine) {
    try {
      while (mine.isOpen()) {
        mine.select(Connector::ready);
        register(mine);
      }
    } catch (IOException | ClosedSelectorException e) {
      // Closed. What is still pending ends by its own timeout.
    }
  }

  private void register(Selector mine) {
    for (Pending next = arriving.poll(); next != null; next = arriving.poll()) {
      try {
        next.channel.register(mine, SelectionKey.OP_CONNECT, next);
      } catch (IOException | RuntimeException e) { // closed meanwhile: it had timed out
        next.result.completeExceptionally(e);
      }
    }
  }

  private static void ready(SelectionKey key) {
    Pending pending = (Pending) key.attachment();
    key.cancel(); // also frees a channel that was closed
    try {
      if (pending.channel.finishConnect()) {
        pending.result.complete(pending.channel);
      }
    } catch (IOException | RuntimeException e) {
      pending.result.completeExceptionally(e);
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (selector != null) {
      try {
        selector.close();
      } catch (IOException e) {
        // Its thread ends with the next wakeup all the same.
      }
    }
  }
}

package io.jvs.launcher.demo;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;

/** A steady stream of requests, each over a new connection; every answer is looked at. */
final class DemoClients implements AutoCloseable {
  private static final int CLIENTS = 8;
  private static final int PAUSE_MILLIS = 10;
  private static final int TIMEOUT_MILLIS = 5000;

  private final InetSocketAddress target;
  private final LongAdder answered = new LongAdder();
  private final LongAdder lost = new LongAdder();
  private final AtomicReference<@Nullable String> firstLoss = new AtomicReference<>();
  private final ReentrantReadWriteLock between = new ReentrantReadWriteLock(/* fair= */ true);
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean stopped;

  DemoClients(InetSocketAddress target) {
    this.target = target;
  }

  void start() {
    for (int i = 0; i < CLIENTS; i++) {
      Thread thread = new Thread(this::run, "demo-client-" + i);
      thread.setDaemon(true);
      threads.add(thread);
      thread.start();
    }
  }

  long answered() {
    return answered.sum();
  }

  long lost() {
    return lost.sum();
  }

  /** What happened to the first request that was lost, or null. */
  @Nullable String firstLoss() {
    return firstLoss.get();
  }

  /**
   * Does something while no request is under way. What a server has received and not answered when
   * it dies is lost with any load balancer; the demo is about all the others.
   */
  void betweenRequests(Runnable action) {
    between.writeLock().lock();
    try {
      action.run();
    } finally {
      between.writeLock().unlock();
    }
  }

  /** Ends when the last request is answered. */
  @Override
  public void close() {
    stopped = true;
    for (Thread thread : threads) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  private void run() {
    while (!stopped) {
      between.readLock().lock();
      try {
        request();
        answered.increment();
      } catch (IOException e) {
        lost.increment();
        firstLoss.compareAndSet(null, e.toString());
      } finally {
        between.readLock().unlock();
      }
      try {
        Thread.sleep(PAUSE_MILLIS);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private void request() throws IOException {
    try (Socket socket = new Socket()) {
      socket.setSoTimeout(TIMEOUT_MILLIS);
      socket.connect(target, TIMEOUT_MILLIS);
      socket
          .getOutputStream()
          .write(
              "GET / HTTP/1.1\r\nHost: demo\r\nConnection: close\r\n\r\n"
                  .getBytes(StandardCharsets.US_ASCII));
      InputStream in = socket.getInputStream();
      String answer = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      if (!answer.startsWith("HTTP/1.1 200 ") || !answer.contains("\r\n\r\nserver ")) {
        throw new IOException("not a whole answer: '" + answer + "'");
      }
    }
  }
}

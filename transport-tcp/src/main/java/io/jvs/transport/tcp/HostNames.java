package io.jvs.transport.tcp;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Resolves host names away from the event loops, because the JDK blocks while it asks. Connections
 * that want the same name at the same time share one question; the JDK remembers answers for some
 * seconds. Any thread.
 */
final class HostNames {
  /** How each {@link #reason} begins. */
  static final String SUBJECT = "host name '";

  private static final int THREADS = 4;

  private final ThreadPoolExecutor threads =
      new ThreadPoolExecutor(
          THREADS,
          THREADS,
          10,
          TimeUnit.SECONDS,
          new LinkedBlockingQueue<>(),
          task -> {
            Thread thread = new Thread(task, "jvs-tcp-names");
            thread.setDaemon(true);
            return thread;
          });
  private final Map<String, CompletableFuture<InetAddress>> asked = new ConcurrentHashMap<>();

  HostNames() {
    threads.allowCoreThreadTimeOut(true);
  }

  /** The first address of a host; fails with what the JDK said. */
  CompletableFuture<InetAddress> resolve(String host) {
    CompletableFuture<InetAddress> answer = new CompletableFuture<>();
    CompletableFuture<InetAddress> pending = asked.putIfAbsent(host, answer);
    if (pending != null) {
      return pending.copy();
    }
    threads.execute(
        () -> {
          try {
            InetAddress address = InetAddress.getByName(host);
            asked.remove(host, answer);
            answer.complete(address);
          } catch (UnknownHostException | RuntimeException e) {
            asked.remove(host, answer);
            answer.completeExceptionally(e);
          }
        });
    return answer.copy();
  }

  /** Why there is no address, for people. */
  static String reason(String host, Throwable failure, Duration waited) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    if (cause instanceof TimeoutException) {
      return SUBJECT + host + "' was not resolved within " + Reasons.text(waited);
    }
    return cause instanceof UnknownHostException
        ? SUBJECT + host + "' has no address"
        : SUBJECT + host + "' could not be resolved: " + cause;
  }

  void close() {
    threads.shutdownNow();
  }
}

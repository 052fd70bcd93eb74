package io.jvs.persistence;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * The memory that a client belongs to a server (the kernel's ip_vs_conn with flag TEMPLATE).
 *
 * <p>Its time starts anew with each new connection made through it, not with packets. If it runs
 * out while such connections are alive it is given 60 s, again and again, and 60 s stay its timeout
 * from then on (ip_vs_conn_expire). JVS has no timer per template: whoever looks at one first
 * catches up on what a timer would have done.
 *
 * @param <S> what stands for a server
 */
public final class Template<S> {
  private static final long EXTENSION_NANOS = 60_000_000_000L;

  private final S server;
  private final AtomicInteger connections = new AtomicInteger();
  // Two threads may catch up at the same time; both compute the same values, or the renewal of a
  // new connection wins by a hair. Neither matters to anybody.
  private volatile long timeoutNanos;
  private volatile long expiresAt;

  Template(S server, long timeoutNanos, long now) {
    this.server = server;
    this.timeoutNanos = timeoutNanos;
    this.expiresAt = now + timeoutNanos;
  }

  /** One that stands in no table, for a client that cannot be remembered. */
  public static <S> Template<S> unlisted(S server) {
    return new Template<>(server, 0, 0);
  }

  /** Its time starts anew without a connection that would keep it alive. */
  public void renew(long now) {
    catchUp(now);
    expiresAt = now + timeoutNanos;
  }

  public S server() {
    return server;
  }

  /** Nanoseconds until it runs out, unless something renews it; not positive if it has. */
  public long remainingNanos(long now) {
    catchUp(now);
    return expiresAt - now;
  }

  /** A new connection was made through it. */
  public void connectionOpened(long now) {
    catchUp(now);
    connections.incrementAndGet();
    expiresAt = now + timeoutNanos;
  }

  /** A connection made through it has ended. */
  public void connectionClosed(long now) {
    catchUp(now); // while that connection still counts
    connections.decrementAndGet();
  }

  /** Whether it still holds. */
  boolean isAlive(long now) {
    return remainingNanos(now) > 0;
  }

  /** What its timer would have done by now. */
  private void catchUp(long now) {
    long late = now - expiresAt;
    if (late >= 0 && connections.get() > 0) {
      timeoutNanos = EXTENSION_NANOS;
      expiresAt = now - late % EXTENSION_NANOS + EXTENSION_NANOS;
    }
  }
}

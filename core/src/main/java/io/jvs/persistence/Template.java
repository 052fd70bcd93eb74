package io.jvs.persistence;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * The memory that a client belongs to a server (the kernel's ip_vs_conn with flag TEMPLATE).
 *
 * <p>Its time starts anew with each new connection made through it, not with packets. If it runs
 * out while such connections are alive it is given 60 s, again and again, and 60 s stay its timeout
 * from then on (ip_vs_conn_expire). JVS has no timer per template: whoever looks at one first
 * catches up on what a timer would have done.
 *
 * <p>One object says all about a client of IPv4: key, time, connections, server and the link to the
 * next one of its {@link Segment}, 48 bytes. More than that would cost every hit another line of
 * memory.
 *
 * @param <S> what stands for a server
 */
public sealed class Template<S> {
  private static final int EXTENSION_SECONDS = 60;
  private static final long SECOND_NANOS = 1_000_000_000L;
  private static final long EXTENSION_NANOS = EXTENSION_SECONDS * SECOND_NANOS;

  /** In place of the number of connections: it stands in no table any more, use another. */
  private static final int RETIRED = Integer.MIN_VALUE;

  private static final VarHandle EXPIRES;
  private static final VarHandle CONNECTIONS;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      EXPIRES = lookup.findVarHandle(Template.class, "expiresAt", long.class);
      CONNECTIONS = lookup.findVarHandle(Template.class, "connections", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** The client; what they mean is {@link ClientIdentity}'s business. */
  final int kind;

  final long bits;

  private final S server;
  // Two threads may catch up at the same time; both compute the same values, or the renewal of a
  // new connection wins by a hair. Neither matters to anybody.
  private int timeoutSeconds;
  private volatile long expiresAt; // changed through EXPIRES, which costs no fence
  private volatile int connections; // changed through CONNECTIONS

  /** The next one in the same slot; written under the lock of the segment. */
  volatile @Nullable Template<S> next;

  Template(int kind, long bits, S server, int timeoutSeconds, long now) {
    this.kind = kind;
    this.bits = bits;
    this.server = server;
    this.timeoutSeconds = timeoutSeconds;
    this.expiresAt = now + timeoutSeconds * SECOND_NANOS;
  }

  /** One that stands in no table, for a client that cannot be remembered. */
  public static <S> Template<S> unlisted(S server) {
    return new Template<>(0, 0, server, 0, 0);
  }

  /**
   * Its time starts anew without a connection that would keep it alive.
   *
   * @return false if the template has just been given up, so that it cannot be used any more
   */
  public boolean renew(long now) {
    catchUp(now);
    EXPIRES.setOpaque(this, now + timeoutSeconds * SECOND_NANOS);
    return connections >= 0;
  }

  public S server() {
    return server;
  }

  /** Nanoseconds until it runs out, unless something renews it; not positive if it has. */
  public long remainingNanos(long now) {
    catchUp(now);
    return expiresAt - now;
  }

  /**
   * A new connection was made through it.
   *
   * @return false if the template has just been given up, so that it cannot be used any more
   */
  public boolean connectionOpened(long now) {
    catchUp(now);
    if ((int) CONNECTIONS.getAndAdd(this, 1) < 0) {
      return false;
    }
    EXPIRES.setOpaque(this, now + timeoutSeconds * SECOND_NANOS);
    return true;
  }

  /** A connection made through it has ended. */
  public void connectionClosed(long now) {
    catchUp(now); // while that connection still counts
    CONNECTIONS.getAndAdd(this, -1);
  }

  /** Whether connections made through it are open. */
  boolean isInUse() {
    return connections > 0;
  }

  /** Whether it still holds. */
  boolean isAlive(long now) {
    return remainingNanos(now) > 0;
  }

  /** Gives it up, unless connections made through it are open; the caller unlinks it. */
  boolean retire() {
    return CONNECTIONS.compareAndSet(this, 0, RETIRED);
  }

  /** What its timer would have done by now. */
  private void catchUp(long now) {
    long late = now - expiresAt;
    if (late >= 0 && connections > 0) {
      timeoutSeconds = EXTENSION_SECONDS;
      EXPIRES.setOpaque(this, now - late % EXTENSION_NANOS + EXTENSION_NANOS);
    }
  }

  /** A client of IPv6, and its destination where that is part of the key. */
  static final class Ipv6<S> extends Template<S> {
    final long clientHigh;
    final long clientLow;
    final long destinationHigh;
    final long destinationLow;

    Ipv6(int kind, long bits, S server, int timeoutSeconds, long now, long[] clientAndDestination) {
      super(kind, bits, server, timeoutSeconds, now);
      this.clientHigh = clientAndDestination[0];
      this.clientLow = clientAndDestination[1];
      this.destinationHigh = clientAndDestination[2];
      this.destinationLow = clientAndDestination[3];
    }
  }

  /** A client that the application knows. */
  static final class Keyed<S> extends Template<S> {
    final Object key;

    Keyed(int kind, long bits, S server, int timeoutSeconds, long now, Object key) {
      super(kind, bits, server, timeoutSeconds, now);
      this.key = key;
    }
  }
}

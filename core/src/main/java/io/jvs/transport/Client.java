package io.jvs.transport;

import io.jvs.balancing.Refused;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * A client that has limits of its own: how many connections it has and how fast they come. It is
 * the pass of each of them.
 */
final class Client extends Bucket implements Pass {
  private static final long GONE = -1;
  private static final VarHandle STATE;

  static {
    try {
      STATE = MethodHandles.lookup().findVarHandle(Client.class, "state", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  final long bits;
  final boolean ipv6;
  private final ClientTable table;

  /**
   * Open connections in the lower half; in the upper one, how many there have been, so that a
   * client that came and went while somebody thought of dropping it is noticed. {@link #GONE} for
   * one that is not in the table any more.
   */
  private volatile long state;

  Client(ClientTable table, long bits, boolean ipv6) {
    this.table = table;
    this.bits = bits;
    this.ipv6 = ipv6;
  }

  /** The answers of {@link #enter}. */
  enum Answer {
    ENTERED,
    FULL,
    /** It has just been dropped: another one stands for the client, or will. */
    RETIRED
  }

  /**
   * One connection more.
   *
   * @param most 0 for no limit
   */
  Answer enter(int most) {
    while (true) {
      long before = state;
      if (before == GONE) {
        return Answer.RETIRED;
      }
      int open = (int) before;
      if (open == Integer.MAX_VALUE || (most != 0 && open >= most)) {
        return Answer.FULL;
      }
      long after = ((before + (1L << 32)) & Long.MAX_VALUE) + 1;
      if (STATE.compareAndSet(this, before, after)) {
        return Answer.ENTERED;
      }
    }
  }

  /** One connection less; nothing else. */
  void uncount() {
    long before = (long) STATE.getAndAdd(this, -1L);
    if ((int) before <= 0) {
      throw new IllegalStateException("a client that has left has left again");
    }
  }

  /** Drops it if it has no connections and its rate is as new. */
  boolean retire(long now) {
    long before = state;
    return (int) before == 0 && isFull(now) && STATE.compareAndSet(this, before, GONE);
  }

  boolean isGone() {
    return state == GONE;
  }

  int open() {
    return isGone() ? 0 : (int) state;
  }

  boolean is(long otherBits, boolean otherIpv6) {
    return bits == otherBits && ipv6 == otherIpv6;
  }

  @Override
  public Refused.@Nullable Cause refusal() {
    return null;
  }

  @Override
  public void leave() {
    uncount();
    table.left();
  }
}

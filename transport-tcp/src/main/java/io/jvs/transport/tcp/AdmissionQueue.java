package io.jvs.transport.tcp;

import io.jvs.balancing.Admission;
import io.jvs.balancing.Connection;
import io.jvs.balancing.Refused.Cause;
import io.jvs.model.ServiceLimits;
import io.jvs.transport.TroubleLog;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Clients of one service that wait because all real servers are full: first come, first served,
 * whatever loops they are on. Any thread.
 *
 * <p>Whoever may have made room says {@link #look}. If nobody is looking, that thread looks; if
 * somebody is, he looks once more: so those who wait are admitted one after the other, without a
 * lock around the load balancer and all who listen to it, and no call is lost. Only the links
 * between those who wait are guarded by a lock, which those who find nobody waiting do not take.
 *
 * <p>The one at the head is asked for alone: if there is no server for it, the others wait too,
 * even where a policy that goes by addresses would have one for them.
 */
final class AdmissionQueue {
  private static final Logger LOG = System.getLogger(TcpTransport.class.getName());

  /** Room that nobody tells of, such as that of calls in this process, is found so late. */
  private static final long LOOK_NANOS = 1_000_000_000;

  private final Source source;
  private final ScheduledExecutorService timer;
  private final AtomicInteger looks = new AtomicInteger();
  private final AtomicBoolean alarmed = new AtomicBoolean();
  private final LongAdder waited = new LongAdder();
  private final LongAdder waitedNanos = new LongAdder();
  private final TroubleLog crowd = new TroubleLog(LOG);
  private @Nullable Waiter first; // under this, as the next
  private @Nullable Waiter last;
  private volatile int size;
  private volatile boolean closed;

  /** Where servers come from. Called by one thread at a time. */
  interface Source {
    String service();

    /** The rules of the moment, or null if nobody is to wait any more. */
    ServiceLimits.@Nullable Queue rules();

    /** {@link CarriedService#FULL} to wait on; else as {@link Waiter#answer}. */
    @Nullable Admission admit(Waiter waiter);

    /** What follows if waiting was in vain; as {@link Waiter#answer}. */
    @Nullable Admission giveUp(Waiter waiter, Cause cause);
  }

  AdmissionQueue(Source source, ScheduledExecutorService timer) {
    this.source = source;
    this.timer = timer;
  }

  boolean isEmpty() {
    return size == 0;
  }

  /**
   * One more at the end.
   *
   * @return null if it waits, or why it may not
   */
  @Nullable Cause add(Waiter waiter, ServiceLimits.Queue rules) {
    synchronized (this) {
      if (closed) {
        return Cause.CLOSED;
      }
      if (size >= rules.length()) {
        return Cause.QUEUE_FULL;
      }
      waiter.waits = true;
      waiter.previous = last;
      if (last == null) {
        first = waiter;
      } else {
        last.next = waiter;
      }
      last = waiter;
      size++;
    }
    crowd.begins(() -> source.service() + ": all real servers are full; clients wait, " + rules);
    look(); // for room that was made before it stood in the queue
    return null;
  }

  /**
   * A client has gone.
   *
   * @return false if it does not wait any more: its answer is on the way
   */
  boolean remove(Waiter waiter) {
    boolean wasFirst;
    synchronized (this) {
      if (!waiter.waits) {
        return false;
      }
      wasFirst = waiter == first;
      unlink(waiter);
    }
    count(waiter);
    if (wasFirst) {
      look(); // what would not do for this one may do for the next
    }
    return true;
  }

  /** There may be room: admits those for whom there is. */
  void look() {
    if (size == 0 || looks.getAndIncrement() != 0) {
      return;
    }
    int seen = 1;
    do {
      try {
        serve();
      } catch (RuntimeException | Error e) { // a fault of ours must not leave all others waiting
        LOG.log(Level.ERROR, source.service() + ": looking for servers failed; tried again", e);
        lookAgainIn(LOOK_NANOS);
      }
      seen = looks.addAndGet(-seen);
    } while (seen != 0);
  }

  private void serve() {
    Waiter waiter = first();
    while (waiter != null) {
      Admission answer = closed ? source.giveUp(waiter, Cause.CLOSED) : source.admit(waiter);
      if (answer == CarriedService.FULL) {
        ServiceLimits.Queue rules = source.rules();
        long left = rules == null ? 0 : rules.timeout().toNanos() - waitNanos(waiter);
        if (left > 0) {
          lookAgainIn(Math.min(left, LOOK_NANOS));
          return;
        }
        answer = source.giveUp(waiter, rules == null ? Cause.ALL_FULL : Cause.QUEUE_TIMEOUT);
      }
      deliver(waiter, answer);
      waiter = first();
    }
  }

  private void deliver(Waiter waiter, @Nullable Admission answer) {
    synchronized (this) {
      if (waiter.waits) {
        unlink(waiter);
      } else {
        waiter = null; // gone while a server was sought for it
      }
    }
    if (waiter != null) {
      count(waiter);
      waiter.answer.accept(answer);
    } else if (answer instanceof Connection connection) {
      connection.abandon();
    }
  }

  /** Those at the head have the earliest deadlines, so one alarm is enough for all. */
  private void lookAgainIn(long nanos) {
    if (alarmed.compareAndSet(false, true)) {
      var unused =
          timer.schedule(
              () -> {
                alarmed.set(false);
                look();
              },
              nanos,
              TimeUnit.NANOSECONDS);
    }
  }

  /** Nobody waits any more. */
  void close() {
    synchronized (this) {
      closed = true;
    }
    look();
  }

  /** A client was admitted without waiting. */
  void passed() {
    crowd.isOver(() -> source.service() + ": real servers have room again, nobody waits");
  }

  int size() {
    return size;
  }

  /** How long the one at the head has waited; zero if there is none. */
  Duration longestWait() {
    Waiter head = first();
    return head == null ? Duration.ZERO : Duration.ofNanos(waitNanos(head));
  }

  /** How many have waited, however it ended. */
  long waited() {
    return waited.sum();
  }

  /** How long all of them did. */
  Duration waitedTogether() {
    return Duration.ofNanos(waitedNanos.sum());
  }

  static long waitNanos(Waiter waiter) {
    return Math.max(0, System.nanoTime() - waiter.sinceNanos);
  }

  private void count(Waiter waiter) {
    waited.increment();
    waitedNanos.add(waitNanos(waiter));
  }

  private synchronized @Nullable Waiter first() {
    return first;
  }

  private synchronized void unlink(Waiter waiter) {
    Waiter before = waiter.previous;
    Waiter behind = waiter.next;
    if (before == null) {
      first = behind;
    } else {
      before.next = behind;
    }
    if (behind == null) {
      last = before;
    } else {
      behind.previous = before;
    }
    waiter.previous = null;
    waiter.next = null;
    waiter.waits = false;
    size--;
  }
}

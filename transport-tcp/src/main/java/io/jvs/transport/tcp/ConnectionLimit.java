package io.jvs.transport.tcp;

import io.jvs.transport.TroubleLog;
import java.lang.System.Logger;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * How many clients a transport serves at once: exactly {@link #max} at most. Those that the loops
 * have accepted before they noticed that it is full (a few, when it says {@link WhenFull#WAIT})
 * wait here. Any thread.
 */
final class ConnectionLimit {
  private static final Logger LOG = System.getLogger(TcpTransport.class.getName());

  private final WhenFull whenFull;
  private final Runnable gateMoved;
  private final AtomicInteger taken = new AtomicInteger();
  private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();
  private final LongAdder refused = new LongAdder();
  private final TroubleLog full = new TroubleLog(LOG);
  private volatile int max;

  /**
   * @param gateMoved called when {@link #isOpen} may have changed
   */
  ConnectionLimit(int max, WhenFull whenFull, Runnable gateMoved) {
    this.max = max;
    this.whenFull = whenFull;
    this.gateMoved = gateMoved;
  }

  enum Answer {
    ENTERED,
    REFUSED,
    WAITING
  }

  /**
   * A client wants in.
   *
   * @param enter called, by whoever makes room, if the answer is to wait
   */
  Answer enter(Runnable enter) {
    if (waiting.isEmpty() && take()) {
      full.isOver(() -> "tcp: below its limit of " + max + " connections again");
      return Answer.ENTERED;
    }
    full.begins(this::fullLine);
    if (whenFull == WhenFull.REFUSE) {
      refused.increment();
      return Answer.REFUSED;
    }
    waiting.add(enter);
    admitWaiting();
    return Answer.WAITING;
  }

  /** One that has entered is gone. */
  void leave() {
    int before = taken.getAndDecrement();
    admitWaiting();
    mayHaveOpened(before);
  }

  /** One that was told to wait is gone; it may have been let in meanwhile. */
  void leaveQueue(Runnable enter) {
    if (!waiting.remove(enter)) {
      leave();
    }
  }

  /** Whether clients should be accepted. */
  boolean isOpen() {
    return whenFull == WhenFull.REFUSE || (taken.get() < max && waiting.isEmpty());
  }

  int taken() {
    return taken.get();
  }

  int max() {
    return max;
  }

  void setMax(int newMax) {
    max = newMax;
    admitWaiting(); // there may be more room than any number of those who leave would make
    if (whenFull == WhenFull.WAIT) {
      gateMoved.run();
    }
  }

  long refused() {
    return refused.sum();
  }

  private boolean take() {
    int now;
    do {
      now = taken.get();
      if (now >= max) {
        return false;
      }
    } while (!taken.compareAndSet(now, now + 1));
    if (now + 1 == max && whenFull == WhenFull.WAIT) {
      full.begins(this::fullLine);
      gateMoved.run();
    }
    return true;
  }

  private void admitWaiting() {
    while (!waiting.isEmpty() && take()) {
      Runnable next = waiting.poll();
      if (next != null) {
        next.run();
      } else {
        mayHaveOpened(taken.getAndDecrement()); // another thread was faster
      }
    }
  }

  private void mayHaveOpened(int before) {
    if (before >= max && whenFull == WhenFull.WAIT) {
      gateMoved.run();
    }
  }

  private String fullLine() {
    return "tcp: "
        + max
        + " connections, the limit; new clients "
        + (whenFull == WhenFull.REFUSE ? "are reset" : "wait")
        + " until others end (way out: a higher limit of connections and of file descriptors, or"
        + " more directors)";
  }
}

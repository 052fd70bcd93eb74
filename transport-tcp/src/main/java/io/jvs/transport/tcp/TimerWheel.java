package io.jvs.transport.tcp;

/**
 * Deadlines of one loop, in ticks: one timer for all of them instead of one for each connection. To
 * set, move and cancel one costs a few pointers and no memory.
 *
 * <p>A deadline that is further away than one turn of the wheel is met on the way, once a turn, and
 * goes on. Nothing fires early: whoever wants to wait for a time adds one to its ticks, because the
 * present tick is partly over.
 */
final class TimerWheel {
  static final int SLOTS = 512;

  private final Timer[] slots = new Timer[SLOTS];
  private final Timer expired = new Head();
  private long now;
  private int size;

  TimerWheel() {
    for (int i = 0; i < SLOTS; i++) {
      slots[i] = new Head();
    }
  }

  /** Something with a deadline; in a ring with the others of its slot, or alone. */
  abstract static class Timer {
    private Timer next = this;
    private Timer previous = this;
    private long due;

    /** The deadline has come. May set or cancel any timer, this one too. */
    abstract void expired();

    private boolean isAlone() {
      return next == this;
    }

    private void leave() {
      previous.next = next;
      next.previous = previous;
      next = this;
      previous = this;
    }

    private void join(Timer head) {
      previous = head.previous;
      next = head;
      previous.next = this;
      head.previous = this;
    }
  }

  private static final class Head extends Timer {
    @Override
    void expired() {
      throw new IllegalStateException("a slot is no deadline");
    }
  }

  /** The present tick. */
  long now() {
    return now;
  }

  boolean isEmpty() {
    return size == 0;
  }

  /** Sets a timer, whether it was set before or not. */
  void set(Timer timer, long ticksFromNow) {
    cancel(timer);
    timer.due = now + Math.max(1, ticksFromNow);
    place(timer);
  }

  /** Does nothing if it is not set. */
  void cancel(Timer timer) {
    if (!timer.isAlone()) {
      timer.leave();
      size--;
    }
  }

  private void place(Timer timer) {
    long slot = Math.min(timer.due, now + SLOTS - 1);
    timer.join(slots[(int) slot & (SLOTS - 1)]);
    size++;
  }

  /** The next tick; what is due fires. */
  void advance() {
    now++;
    Timer slot = slots[(int) now & (SLOTS - 1)];
    // First out of the slot, since those that fire may set timers that belong there again.
    while (!slot.isAlone()) {
      Timer timer = slot.next;
      timer.leave();
      timer.join(expired);
    }
    while (!expired.isAlone()) {
      Timer timer = expired.next;
      cancel(timer);
      if (timer.due > now) {
        place(timer);
      } else {
        timer.expired();
      }
    }
  }
}

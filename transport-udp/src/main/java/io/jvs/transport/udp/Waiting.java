package io.jvs.transport.udp;

import org.jspecify.annotations.Nullable;

/**
 * A place in a ring of those who wait for servers, in the order in which they began to. One place
 * is nobody's: behind it is who waits for longest. On its loop only.
 */
class Waiting {
  private Waiting before = this;
  private Waiting after = this;

  /** Who waits for longest, seen from the place that is nobody's; null if nobody does. */
  final @Nullable Owed longest() {
    return after instanceof Owed owed ? owed : null;
  }

  /** From now on the last one in the ring of this nobody. */
  final void waitLast(Waiting nobody) {
    leave();
    before = nobody.before;
    after = nobody;
    before.after = this;
    nobody.before = this;
  }

  /** Waits no more. */
  final void leave() {
    before.after = after;
    after.before = before;
    before = this;
    after = this;
  }
}

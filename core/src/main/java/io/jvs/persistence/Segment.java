package io.jvs.persistence;

import io.jvs.model.Flow;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A part of a {@link TemplateTable}: slots with chains of templates. Readers take no lock; whoever
 * changes anything holds the lock of the segment. At most every second slot is taken, because each
 * step along a chain is a cache miss.
 *
 * <p>A hand goes round over the slots, a bit further with each new template, and drops those that
 * have run out, so that nobody ever has to walk over all of them. It is also what chooses among
 * which templates the one to give up in a full table is sought.
 */
final class Segment<S> {
  private static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(Template[].class);
  private static final int FIRST_SLOTS = 8;
  private static final int SLOTS_PER_INSERT = 4;

  /** There is room, because a template had to give way. */
  static final int EVICTED = -1;

  /** There is room, because templates had run out. */
  static final int RAN_OUT = -2;

  /** Among so many the one to evict is chosen. */
  private static final int SAMPLE = 8;

  private final TemplateTable<S> table;
  private volatile Template<S>[] slots = slots(FIRST_SLOTS);
  private volatile int version; // odd while chains are cut apart, another one afterwards
  private int size;
  private int hand;
  private boolean closed;

  Segment(TemplateTable<S> table) {
    this.table = table;
  }

  /** The template of a client, perhaps one that has run out. */
  @Nullable Template<S> find(ClientIdentity identity, Flow flow, int kind, long bits, int hash) {
    int before = version;
    Template<S> found = inChain(identity, flow, kind, bits, hash);
    if (found != null || (version == before && (before & 1) == 0)) {
      return found;
    }
    synchronized (this) { // a chain has been cut while we went along it: rare, and soon over
      return inChain(identity, flow, kind, bits, hash);
    }
  }

  private @Nullable Template<S> inChain(
      ClientIdentity identity, Flow flow, int kind, long bits, int hash) {
    Template<S>[] now = slots;
    Template<S> each = slot(now, hash & (now.length - 1));
    while (each != null) {
      if (each.bits == bits && each.kind == kind && identity.isOf(each, flow)) {
        return each;
      }
      each = each.next;
    }
    return null;
  }

  /**
   * Puts {@code made} where the client's template is sought.
   *
   * @param instead a template that may be replaced though it is alive, or null
   * @param place whether a place has been taken for it; without one it can only replace another
   * @return {@code made}; or what is there already, alive; or null if it was not put in: there is
   *     no place for it, or the table is closed
   */
  synchronized @Nullable Template<S> put(
      ClientIdentity identity,
      Flow flow,
      int hash,
      Template<S> made,
      @Nullable Template<S> instead,
      boolean place,
      long now) {
    Template<S> present = inChain(identity, flow, made.kind, made.bits, hash);
    if (present != null && present != instead && (present.isAlive(now) || !present.retire())) {
      return present;
    }
    if (closed || (present == null && !place)) {
      return null;
    }
    if (!place) {
      table.takePlace();
    }
    if (present != null) {
      unlink(present);
    }
    goRound(now, SLOTS_PER_INSERT);
    if (size >= slots.length / 2) {
      grow();
    }
    int index = hash & (slots.length - 1);
    made.next = slot(slots, index);
    SLOT.setRelease(slots, index, made);
    size++;
    table.gained(made.server());
    return made;
  }

  /** Drops what has run out in the next slots. */
  private void goRound(long now, int count) {
    for (int i = 0; i < count; i++) {
      hand = (hand + 1) & (slots.length - 1);
      Template<S> each = slot(slots, hand);
      while (each != null) {
        dropIfDead(each, now);
        each = each.next;
      }
    }
  }

  /**
   * Makes room by giving up one template: of the next few the one without open connections that
   * would run out first.
   *
   * @param most look at so many at most, if all have open connections
   * @return {@link #EVICTED}, {@link #RAN_OUT}, or how many have been looked at in vain
   */
  synchronized int evict(long now, int most) {
    int before = size;
    int seen = 0;
    Template<S> first = null;
    for (int i = 0; i < slots.length && seen < (first == null ? most : SAMPLE); i++) {
      hand = (hand + 1) & (slots.length - 1);
      for (Template<S> each = slot(slots, hand); each != null; each = each.next) {
        seen++;
        if (dropIfDead(each, now) || each.isInUse()) {
          continue;
        }
        if (first == null || each.remainingNanos(now) < first.remainingNanos(now)) {
          first = each;
        }
      }
    }
    if (size < before) {
      return RAN_OUT;
    }
    if (first == null || !first.retire()) {
      return seen;
    }
    unlink(first);
    return EVICTED;
  }

  /** Drops what has run out. */
  synchronized void expire(long now) {
    goRound(now, slots.length);
  }

  /** Drops all of some servers, alive or not. */
  synchronized void dropIf(Predicate<? super S> server) {
    for (int i = 0; i < slots.length; i++) {
      for (Template<S> each = slot(slots, i); each != null; each = each.next) {
        if (server.test(each.server())) {
          unlink(each);
        }
      }
    }
  }

  /** Drops this one, if it is still there. */
  synchronized void drop(Template<S> template) {
    unlink(template);
  }

  /** Drops all and takes no more. */
  synchronized void close() {
    closed = true;
    dropIf(server -> true);
  }

  private boolean dropIfDead(Template<S> template, long now) {
    if (template.isAlive(now) || !template.retire()) {
      return false;
    }
    unlink(template);
    return true;
  }

  /** A reader that stands on it goes on to those behind it. */
  private void unlink(Template<S> gone) {
    int index = table.hash(gone) & (slots.length - 1);
    Template<S> previous = null;
    for (Template<S> each = slot(slots, index); each != null; each = each.next) {
      if (each == gone) {
        if (previous == null) {
          SLOT.setRelease(slots, index, gone.next);
        } else {
          previous.next = gone.next;
        }
        size--;
        table.lost(gone.server());
        return;
      }
      previous = each;
    }
  }

  /**
   * Twice the slots: each chain becomes two, in the same order, so that no reader runs in rings.
   */
  private void grow() {
    Template<S>[] old = slots;
    Template<S>[] wider = slots(old.length * 2);
    int even = version;
    version = even + 1;
    for (int i = 0; i < old.length; i++) {
      Template<S> low = null;
      Template<S> high = null;
      for (Template<S> each = slot(old, i); each != null; ) {
        Template<S> next = each.next;
        each.next = null;
        if ((table.hash(each) & old.length) == 0) {
          append(wider, i, low, each);
          low = each;
        } else {
          append(wider, i + old.length, high, each);
          high = each;
        }
        each = next;
      }
    }
    slots = wider;
    version = even + 2;
  }

  private static <S> void append(
      Template<S>[] slots, int index, @Nullable Template<S> last, Template<S> next) {
    if (last == null) {
      slots[index] = next;
    } else {
      last.next = next;
    }
  }

  @SuppressWarnings("unchecked") // only templates of this service are put in
  private static <S> @Nullable Template<S> slot(Template<S>[] slots, int index) {
    return (Template<S>) SLOT.getAcquire(slots, index);
  }

  @SuppressWarnings({"unchecked", "rawtypes"}) // there are no arrays of a parametrized type
  private static <S> Template<S>[] slots(int length) {
    return new Template[length];
  }
}

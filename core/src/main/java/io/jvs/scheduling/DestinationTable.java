package io.jvs.scheduling;

import io.jvs.model.Flow;
import io.jvs.model.Ticker;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What {@code lblc} and {@code lblcr} remember of each destination address (ip_vs_lblc.c,
 * ip_vs_lblcr.c), with the kernel's rules of when it is forgotten. A flow without addresses counts
 * as one to its key's hash.
 *
 * <p>Finding an entry neither locks nor allocates: buckets are chains that readers walk while a
 * writer, one at a time, puts new entries at their heads and takes old ones out.
 *
 * <p>The kernel collects every minute by a timer. Here, whoever chooses first after that moment
 * does what the timer would have done, for each moment missed in turn; as nobody chose in between,
 * nothing differs.
 */
final class DestinationTable<V> {
  private static final long COLLECTION_INTERVAL = Duration.ofSeconds(60).toNanos();

  /** ENTRY_TIMEOUT: how long an entry must be idle to be dropped when there are too many. */
  private static final long IDLE = Duration.ofMinutes(6).toNanos();

  /** COUNT_FOR_FULL_EXPIRATION: each so many-th collection looks at everything. */
  private static final int FULL_COLLECTION = 30;

  /** IP_VS_LBLC_TAB_BITS: the kernel's buckets, which it collects one after the other. */
  private static final int KERNEL_BITS = 10;

  private static final int KERNEL_BUCKETS = 1 << KERNEL_BITS;

  /** Each of the kernel's buckets is four neighbouring ones here, so that chains are shorter. */
  private static final int PARTS = 4;

  private static final int BITS = KERNEL_BITS + 2;

  /** How many entries are kept at leisure; more are collected. */
  static final int MAX_SIZE = 16 * KERNEL_BUCKETS;

  /** At so many, newer kernels remember no further destination. */
  static final int CAP = MAX_SIZE * 3 / 2;

  private final AtomicReferenceArray<@Nullable Entry<V>> buckets =
      new AtomicReferenceArray<>(1 << BITS);
  private final long expirationNanos;
  private final boolean capped;
  private final ReentrantLock lock = new ReentrantLock();

  /** When the next collection is due; written under the lock. */
  private volatile long collection;

  // Guarded by the lock:
  private int entries;
  private int leaked; // entries that 6.1 counts although they are gone
  private int counter = 1;
  private int rover;

  /**
   * An empty table.
   *
   * @param expiration how long an unused entry is kept: sysctl lblc_expiration, lblcr_expiration
   */
  DestinationTable(Duration expiration, Ticker ticker, KernelCompatibility compatibility) {
    this.expirationNanos = expiration.toNanos();
    this.capped = compatibility == KernelCompatibility.NEWEST;
    this.collection = ticker.nanoTime() + COLLECTION_INTERVAL;
  }

  /** What is remembered of one destination. */
  static final class Entry<V> {
    private final byte kind;
    private final long high;
    private final long low;
    private volatile V value;
    private volatile long lastUse;
    private volatile @Nullable Entry<V> next;

    private Entry(byte kind, long high, long low, V value, long lastUse, @Nullable Entry<V> next) {
      this.kind = kind;
      this.high = high;
      this.low = low;
      this.value = value;
      this.lastUse = lastUse;
      this.next = next;
    }

    V value() {
      return value;
    }

    void used(long now) {
      lastUse = now;
    }
  }

  /** Makes a new value of the one there is, or of null; returns the same to leave it alone. */
  @FunctionalInterface
  interface Change<V> {
    V apply(@Nullable V present);
  }

  /** The entry of the flow's destination, or null. Collects first, when that is due. */
  @Nullable Entry<V> find(Flow flow, long now) {
    if (now - collection >= 0) {
      collect(now);
    }
    return entry(flow);
  }

  private @Nullable Entry<V> entry(Flow flow) {
    byte kind = kind(flow);
    long high = high(flow);
    long low = low(flow);
    Entry<V> entry = buckets.get(Folded.hash32(Folded.destination(flow), BITS));
    while (entry != null && (entry.low != low || entry.high != high || entry.kind != kind)) {
      entry = entry.next;
    }
    return entry;
  }

  /** Remembers, or remembers something else, unless there are too many destinations already. */
  void change(Flow flow, long now, Change<V> change) {
    lock.lock();
    try {
      Entry<V> entry = entry(flow);
      if (entry != null) {
        entry.value = change.apply(entry.value);
      } else if (!capped || entries < CAP) {
        int bucket = Folded.hash32(Folded.destination(flow), BITS);
        buckets.set(
            bucket,
            new Entry<>(
                kind(flow), high(flow), low(flow), change.apply(null), now, buckets.get(bucket)));
        entries++;
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Counts an entry that is not there: 6.1.176 forgets to count one less when {@code lblc} replaces
   * an entry. To be called within a {@link Change}.
   */
  void leak() {
    if (!capped) {
      leaked++;
    }
  }

  /** How many entries there are, as the kernel counts. */
  int size() {
    lock.lock();
    try {
      return counted();
    } finally {
      lock.unlock();
    }
  }

  private int counted() {
    return entries + leaked;
  }

  /** Of IPv4, of IPv6, or of the key of a flow. */
  private static byte kind(Flow flow) {
    return (byte) (Folded.goesByKey(flow) ? 0 : flow.isIpv6() ? 6 : 4);
  }

  private static long high(Flow flow) {
    return Folded.goesByKey(flow) ? 0 : flow.destinationHigh();
  }

  private static long low(Flow flow) {
    return Folded.goesByKey(flow) ? Folded.destination(flow) : flow.destinationLow();
  }

  private void collect(long now) {
    if (!lock.tryLock()) {
      return; // another thread is about to, or will be asked to by its next choice
    }
    try {
      long due = collection;
      while (now - due >= 0) {
        if (entries == 0) {
          long times = 1 + (now - due) / COLLECTION_INTERVAL;
          skip(times);
          due += times * COLLECTION_INTERVAL;
        } else {
          collectOnce(due);
          due += COLLECTION_INTERVAL;
        }
      }
      collection = due;
    } finally {
      lock.unlock();
    }
  }

  /** ip_vs_lblc_check_expire. */
  private void collectOnce(long now) {
    if (counter % FULL_COLLECTION == 0) {
      drop(now, expirationNanos, Integer.MAX_VALUE);
      counter = 1;
    } else if (counted() <= MAX_SIZE) {
      counter++;
    } else {
      drop(now, IDLE, Math.min((counted() - MAX_SIZE) * 4 / 3, MAX_SIZE / 2));
    }
  }

  /** Drops what has not been used for so long, bucket after bucket until the goal is reached. */
  private void drop(long now, long unusedNanos, int goal) {
    int dropped = 0;
    for (int i = 0; i < KERNEL_BUCKETS && dropped < goal; i++) {
      rover = (rover + 1) & (KERNEL_BUCKETS - 1);
      for (int part = 0; part < PARTS; part++) {
        dropped += drop(rover * PARTS + part, now, unusedNanos);
      }
    }
    entries -= dropped;
  }

  private int drop(int bucket, long now, long unusedNanos) {
    int dropped = 0;
    Entry<V> kept = null; // the last one that stays
    for (Entry<V> entry = buckets.get(bucket); entry != null; entry = entry.next) {
      if (now - entry.lastUse < unusedNanos) {
        kept = entry;
        continue;
      }
      // Readers who stand on it still find their way on: its own next stays.
      if (kept == null) {
        buckets.set(bucket, entry.next);
      } else {
        kept.next = entry.next;
      }
      dropped++;
    }
    return dropped;
  }

  /** So many collections of an empty table, however long nobody has asked: the counter turns. */
  private void skip(long times) {
    if (counted() <= MAX_SIZE) {
      counter = (int) ((counter - 1 + times) % FULL_COLLECTION) + 1;
    } else if (counter == FULL_COLLECTION) {
      counter = 1;
    }
  }
}

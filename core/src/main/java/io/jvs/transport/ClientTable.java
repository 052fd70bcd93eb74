package io.jvs.transport;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * The clients of a service that are known one by one, in a hash table of a fixed size whose chains
 * are arrays that are replaced. Any thread; no locks.
 *
 * <p>A client without connections whose rate is as new need not be known. Nobody walks over all to
 * find such clients: each new one looks at a few chains and drops them there.
 *
 * <p>Bounded: with as many clients as it may have, a new one is not known until others are dropped.
 * None is dropped before its time, so that no flood of addresses makes anybody's count forgotten.
 * Chains are chosen with a seed, so that no client can choose its chain.
 */
final class ClientTable {
  /** About 10 MB. */
  static final int MOST = 1 << 17;

  private static final int CHAINS_PER_NEW = 4;

  private final int most;
  private final long seed;
  private final Runnable whenOneLeaves;
  private final AtomicReferenceArray<Client @Nullable []> chains;
  private final AtomicInteger size = new AtomicInteger();
  private final AtomicInteger hand = new AtomicInteger();
  private final LongAdder unknown = new LongAdder();

  /**
   * @param most clients, a power of two
   */
  ClientTable(int most, long seed, Runnable whenOneLeaves) {
    this.most = most;
    this.seed = seed;
    this.whenOneLeaves = whenOneLeaves;
    this.chains = new AtomicReferenceArray<>(Math.max(1, most / 2));
  }

  /** The client, which may have been dropped since; null if there is no room for it. */
  @Nullable Client find(long bits, boolean ipv6, long now) {
    int index = index(bits, ipv6);
    while (true) {
      Client[] chain = chains.get(index);
      Client present = find(chain, bits, ipv6);
      if (present != null) {
        return present;
      }
      sweep(now, CHAINS_PER_NEW);
      if (size.incrementAndGet() > most) {
        size.decrementAndGet();
        unknown.increment();
        return null;
      }
      Client made = new Client(this, bits, ipv6);
      if (chains.compareAndSet(index, chain, with(chain, made))) {
        return made;
      }
      size.decrementAndGet();
    }
  }

  /** The client if it is known. */
  @Nullable Client peek(long bits, boolean ipv6) {
    return find(chains.get(index(bits, ipv6)), bits, ipv6);
  }

  private static @Nullable Client find(Client @Nullable [] chain, long bits, boolean ipv6) {
    if (chain != null) {
      for (Client each : chain) {
        if (each.is(bits, ipv6) && !each.isGone()) {
          return each;
        }
      }
    }
    return null;
  }

  /** Drops who need not be known, in the next chains. */
  void sweep(long now, int count) {
    for (int i = 0; i < count; i++) {
      int index = hand.getAndIncrement() & (chains.length() - 1);
      Client[] chain = chains.get(index);
      if (chain != null) {
        for (Client each : chain) {
          if (each.retire(now)) {
            remove(index, each);
          }
        }
      }
    }
  }

  /** Drops all who need not be known. */
  void sweep(long now) {
    sweep(now, chains.length());
  }

  int size() {
    return Math.min(size.get(), most); // while one finds that there is no room, it counts
  }

  /** How often there was no room. */
  long unknown() {
    return unknown.sum();
  }

  void left() {
    whenOneLeaves.run();
  }

  private void remove(int index, Client gone) {
    Client[] before;
    do {
      before = chains.get(index);
    } while (!chains.compareAndSet(index, before, without(before, gone)));
    size.decrementAndGet();
  }

  private static Client[] with(Client @Nullable [] chain, Client added) {
    int length = chain == null ? 0 : chain.length;
    Client[] longer = new Client[length + 1];
    if (chain != null) {
      System.arraycopy(chain, 0, longer, 0, length);
    }
    longer[length] = added;
    return longer;
  }

  private static Client @Nullable [] without(Client @Nullable [] chain, Client gone) {
    if (chain == null || chain.length == 1) {
      return null;
    }
    Client[] shorter = new Client[chain.length - 1];
    int to = 0;
    for (Client each : chain) {
      if (each != gone) {
        shorter[to++] = each;
      }
    }
    return shorter;
  }

  /** The finalizer of splitmix64, over bits that nobody outside knows. */
  private int index(long bits, boolean ipv6) {
    long mixed = (ipv6 ? ~bits : bits) + seed;
    mixed = (mixed ^ (mixed >>> 30)) * 0xBF58476D1CE4E5B9L;
    mixed = (mixed ^ seed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
    return (int) (mixed ^ (mixed >>> 31)) & (chains.length() - 1);
  }
}

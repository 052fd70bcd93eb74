package io.jvs.persistence;

import io.jvs.model.Flow;
import io.jvs.model.Persistence.SourceNetwork;
import io.jvs.model.Ticker;
import io.jvs.model.VirtualAddress;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.ObjIntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The templates of one virtual service, keyed as the kernel does (ip_vs_sched_persist): a service
 * at one port or with a firewall mark knows a client by its network alone, one for all ports by
 * network and destination address, so that each virtual address has its own. A flow without
 * addresses is known by its key, if it has one.
 *
 * <p>Memory is bounded: a full table remembers no new clients, who are served all the same, until
 * old templates have run out. Those that have are dropped when somebody looks for them, and all
 * together now and then while new ones come.
 *
 * @param <S> what stands for a server
 */
public final class TemplateTable<S> {
  /** About 120 bytes each. */
  static final int MAX_TEMPLATES = 1_000_000;

  private static final int FIRST_SWEEP = 1024;
  private static final long SWEEP_NANOS = 1_000_000_000L;

  private volatile SourceNetwork persistence; // written by the control side
  private final boolean byDestination;
  private final Ticker ticker;
  private final int maxTemplates;
  private final ConcurrentHashMap<TemplateKey, Template<S>> templates;
  private final ObjIntConsumer<S> counter;
  private final AtomicLong nextSweep; // not before this time
  private volatile int sweepAt = FIRST_SWEEP; // and not before there are so many
  private volatile boolean closed;

  /**
   * @param counter told of each template that a server gains, 1, or loses, -1
   */
  public TemplateTable(
      SourceNetwork persistence, VirtualAddress address, Ticker ticker, ObjIntConsumer<S> counter) {
    this(persistence, isByDestination(address), ticker, counter, MAX_TEMPLATES);
  }

  TemplateTable(
      SourceNetwork persistence,
      boolean byDestination,
      Ticker ticker,
      ObjIntConsumer<S> counter,
      int maxTemplates) {
    this.persistence = persistence;
    this.byDestination = byDestination;
    this.counter = counter;
    this.ticker = ticker;
    this.maxTemplates = maxTemplates;
    this.templates = new ConcurrentHashMap<>();
    this.nextSweep = new AtomicLong(ticker.nanoTime());
  }

  /**
   * A table for another definition of the same service: this very one while clients are known in
   * the same way, else an empty one. Only new connections take a new timeout.
   */
  public TemplateTable<S> with(SourceNetwork newPersistence, VirtualAddress address) {
    boolean nowByDestination = isByDestination(address);
    boolean sameKeys =
        byDestination == nowByDestination
            && persistence.ipv4Prefix() == newPersistence.ipv4Prefix()
            && persistence.ipv6Prefix() == newPersistence.ipv6Prefix();
    if (!sameKeys) {
      close();
      return new TemplateTable<>(newPersistence, nowByDestination, ticker, counter, maxTemplates);
    }
    persistence = newPersistence;
    return this;
  }

  /** The template of the flow's client, or null if there is none or it has run out. */
  public @Nullable Template<S> find(Flow flow) {
    TemplateKey key = key(flow);
    if (key == null) {
      return null;
    }
    Template<S> found = templates.get(key);
    if (found != null && !found.isAlive(ticker.nanoTime())) {
      drop(key, found);
      return null;
    }
    return found;
  }

  /**
   * Remembers the server for the flow's client, unless another thread has just done so.
   *
   * @param instead the template that this one replaces, or null
   * @return the template that holds from now on, perhaps another thread's with another server; null
   *     if there is nothing to know the client by, or no room
   */
  public @Nullable Template<S> remember(Flow flow, S server, @Nullable Template<S> instead) {
    TemplateKey key = key(flow);
    if (key == null) {
      return null;
    }
    long now = ticker.nanoTime();
    int size = templates.size();
    if (size >= sweepAt || size >= maxTemplates) {
      sweep(now);
    }
    if (instead == null && templates.size() >= maxTemplates) {
      return null;
    }
    Template<S> template = new Template<>(server, persistence.timeout().toNanos(), now);
    Template<S> present = instead;
    if (instead == null || !templates.replace(key, instead, template)) {
      present = templates.putIfAbsent(key, template);
      if (present != null) {
        return present; // another thread was faster
      }
    }
    counter.accept(server, 1);
    if (present != null) {
      counter.accept(present.server(), -1);
    }
    if (closed) {
      drop(key, template);
    }
    return template;
  }

  /** Drops all that have run out. */
  public void expire() {
    dropDead(ticker.nanoTime());
  }

  /** How many there are, including some that have run out and that nobody has looked at. */
  public int size() {
    return templates.size();
  }

  /**
   * Forgets all, for good: what threads remember that still have the table in hand is dropped by
   * themselves, so that no server counts it for ever.
   */
  public void close() {
    closed = true;
    templates.forEach(this::drop);
  }

  /** Drops what has run out, at most once a second and when the table has doubled since. */
  private void sweep(long now) {
    long due = nextSweep.get();
    if (now - due < 0 || !nextSweep.compareAndSet(due, now + SWEEP_NANOS)) {
      return;
    }
    dropDead(now);
    sweepAt = Math.max(FIRST_SWEEP, Math.min(2 * templates.size(), maxTemplates));
  }

  private void dropDead(long now) {
    templates.forEach(
        (key, template) -> {
          if (!template.isAlive(now)) {
            drop(key, template);
          }
        });
  }

  private void drop(TemplateKey key, Template<S> template) {
    if (templates.remove(key, template)) {
      counter.accept(template.server(), -1);
    }
  }

  private static boolean isByDestination(VirtualAddress address) {
    return address instanceof VirtualAddress.Endpoint endpoint
        && (endpoint.ports().isAll() || endpoint.address().isAnyLocalAddress());
  }

  private @Nullable TemplateKey key(Flow flow) {
    if (!flow.isAddressed()) {
      return flow.key() == null ? null : new TemplateKey(0, 0, 0, 0, false, flow.key());
    }
    SourceNetwork mask = persistence;
    long high = flow.clientHigh();
    long low = flow.clientLow();
    if (flow.isIpv6()) {
      int prefix = mask.ipv6Prefix();
      high &= prefix >= 64 ? -1 : -1L << (64 - prefix);
      low &= prefix <= 64 ? 0 : -1L << (128 - prefix);
    } else {
      low &= -1L << (32 - mask.ipv4Prefix());
    }
    return new TemplateKey(
        high,
        low,
        byDestination ? flow.destinationHigh() : 0,
        byDestination ? flow.destinationLow() : 0,
        flow.isIpv6(),
        null);
  }
}

package io.jvs.persistence;

import io.jvs.model.Flow;
import io.jvs.model.Persistence;
import io.jvs.model.VirtualAddress;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The templates of one virtual service: who follows whom, until when. {@link ClientIdentity} says
 * what a client is known by. Finding a template takes no lock and allocates nothing; remembering a
 * new client locks one of 64 parts for as long as it takes to link it.
 *
 * <p>Memory is bounded by the maximum of the service, 48 bytes and two slots of 4 for a client of
 * IPv4. In a full table a new client takes the place of another: of eight that come next, in an
 * order that does not depend on the client, those that have run out go, else the one without open
 * connections whose time is over first. Up to 64 are looked at to find one without open
 * connections; if there is none the new client is served and not remembered.
 *
 * <p>Templates that have run out are dropped by and by while new ones come, a few with each.
 *
 * @param <S> what stands for a server
 */
public final class TemplateTable<S> {
  /** A power of two; enough that threads which bring new clients seldom meet. */
  private static final int SEGMENTS = 64;

  private static final int SEGMENT_SHIFT = 32 - Integer.numberOfTrailingZeros(SEGMENTS);

  /** To find one that has no open connections; about 10 µs. */
  private static final int MOST_LOOKED_AT = 64;

  private volatile Persistence persistence; // written by the control side
  private final ClientIdentity identity;
  private final long seed;
  private final Observer<S> observer;
  private final AtomicInteger size = new AtomicInteger();
  private final Segment<S>[] segments;

  /** Who wants to know what becomes of templates; called by any thread. */
  public interface Observer<S> {
    /** A server has one template more, 1, or less, -1. */
    void counted(S server, int change);

    /** A client was forgotten, or not remembered, because the table is full. */
    void evicted();
  }

  /**
   * @param seed stirs keys, so that nobody can choose addresses that all meet in one slot
   */
  @SuppressWarnings({"unchecked", "rawtypes"}) // there are no arrays of a parametrized type
  public TemplateTable(
      Persistence persistence, VirtualAddress address, long seed, Observer<S> observer) {
    this.persistence = persistence;
    this.identity = new ClientIdentity(persistence, address);
    this.seed = seed;
    this.observer = observer;
    this.segments = new Segment[SEGMENTS];
    for (int i = 0; i < SEGMENTS; i++) {
      segments[i] = new Segment<>(this);
    }
  }

  /**
   * A table for another definition of the same service: this very one while clients are known in
   * the same way, else an empty one. Only new templates take a new timeout. A lower maximum is
   * reached as new clients come.
   */
  public TemplateTable<S> with(Persistence newPersistence, VirtualAddress address) {
    if (!identity.agreesWith(new ClientIdentity(newPersistence, address))) {
      close();
      return new TemplateTable<>(newPersistence, address, seed, observer);
    }
    persistence = newPersistence;
    return this;
  }

  /** The template of the flow's client, or null if there is none or it has run out. */
  public @Nullable Template<S> find(Flow flow, long now) {
    int kind = identity.kind(flow);
    if (kind == ClientIdentity.UNKNOWN) {
      return null;
    }
    long bits = identity.bits(flow, kind, seed);
    int hash = ClientIdentity.hash(kind, bits, seed);
    Template<S> found = segment(hash).find(identity, flow, kind, bits, hash);
    return found != null && found.isAlive(now) ? found : null;
  }

  /**
   * Remembers the server for the flow's client, unless another thread has just done so.
   *
   * @param instead the template that this one replaces, or null
   * @return the template that holds from now on, perhaps another thread's with another server; null
   *     if there is nothing to know the client by, or no room
   */
  public @Nullable Template<S> remember(
      Flow flow, S server, @Nullable Template<S> instead, long now) {
    int kind = identity.kind(flow);
    if (kind == ClientIdentity.UNKNOWN) {
      return null;
    }
    Persistence wanted = persistence;
    long bits = identity.bits(flow, kind, seed);
    int hash = ClientIdentity.hash(kind, bits, seed);
    int timeout = (int) wanted.timeout().toSeconds();
    Template<S> made = identity.template(flow, kind, bits, server, timeout, now);
    Segment<S> segment = segment(hash);
    Template<S> holds = segment.put(identity, flow, hash, made, instead, false, now);
    if (holds != null) {
      return holds;
    }
    // A new client. It takes its place before it is put in, so that what one thread gives up for it
    // cannot be what another has just put in, and both think that they have made room.
    int maximum = wanted.rules().maximum();
    int places = size.incrementAndGet();
    if (places > maximum && !makeRoom(hash >>> SEGMENT_SHIFT, now)) {
      size.decrementAndGet();
      observer.evicted();
      return null;
    }
    if (places > maximum + 1) {
      makeRoom(hash >>> SEGMENT_SHIFT, now); // the maximum is lower than it was
    }
    holds = segment.put(identity, flow, hash, made, instead, true, now);
    if (holds != made) {
      size.decrementAndGet(); // another thread was faster, or the table is closed
    }
    return holds;
  }

  /** Looks for one to give up, in other segments too if the first has few. */
  private boolean makeRoom(int first, long now) {
    int seen = 0;
    for (int i = 0; i < SEGMENTS && seen < MOST_LOOKED_AT; i++) {
      Segment<S> segment = segments[(first + i) & (SEGMENTS - 1)];
      int looked = segment.evict(now, MOST_LOOKED_AT - seen);
      if (looked < 0) {
        if (looked == Segment.EVICTED) {
          observer.evicted();
        }
        return true;
      }
      seen += looked;
    }
    return false;
  }

  /** Drops all that have run out. */
  public void expire(long now) {
    for (Segment<S> segment : segments) {
      segment.expire(now);
    }
  }

  /** Forgets all clients of some servers, at once. */
  public void forget(Predicate<? super S> servers) {
    for (Segment<S> segment : segments) {
      segment.dropIf(servers);
    }
  }

  /** Forgets one client; nothing happens if its template has been replaced meanwhile. */
  public void forget(Template<S> template) {
    segment(hash(template)).drop(template);
  }

  /** How many there are, including some that have run out and that nobody has looked at. */
  public int size() {
    return size.get();
  }

  /**
   * Forgets all, for good: threads that still have the table in hand can remember nothing in it, so
   * that no server counts it for ever.
   */
  public void close() {
    for (Segment<S> segment : segments) {
      segment.close();
    }
  }

  /** One more place is taken. */
  void takePlace() {
    size.incrementAndGet();
  }

  /** A template was put into its place. */
  void gained(S server) {
    observer.counted(server, 1);
  }

  /** A template has left its place. */
  void lost(S server) {
    size.decrementAndGet();
    observer.counted(server, -1);
  }

  int hash(Template<S> template) {
    return ClientIdentity.hash(template.kind, template.bits, seed);
  }

  private Segment<S> segment(int hash) {
    return segments[hash >>> SEGMENT_SHIFT];
  }
}

package io.jvs.scheduling;

import io.jvs.model.Flow;
import io.jvs.model.Ticker;
import io.jvs.scheduling.DestinationTable.Entry;
import io.jvs.scheduling.Roster.Member;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * {@code lblcr}: as {@code lblc}, but remembers a set of servers for each destination address, in a
 * bounded and expiring {@link DestinationTable}, and takes the least loaded of the set. When that
 * one is overburdened the set grows by the one that {@code wlc} would take; when it has not changed
 * for the time of expiration it loses its most loaded one (ip_vs_lblcr.c).
 */
final class LocalityWithReplication implements Scheduler {
  private final Duration expiration;

  LocalityWithReplication(Duration expiration) {
    this.expiration = expiration;
  }

  @Override
  public String name() {
    return "lblcr";
  }

  @Override
  public boolean goesByFlow() {
    return true;
  }

  @Override
  public boolean goesByProportion() {
    return false; // a server is overloaded when it has more connections than its weight
  }

  @Override
  public Selector prepare(ServerView servers, Setup setup) {
    return new Remembering(
        Roster.of(servers),
        new DestinationTable<>(expiration, setup.ticker(), setup.compatibility()),
        setup.ticker(),
        expiration.toNanos());
  }

  @Override
  public Selector update(Selector previous, ListUpdate update, Setup setup) {
    Remembering before = (Remembering) previous;
    return new Remembering(
        before.roster.next(update), before.destinations, setup.ticker(), expiration.toNanos());
  }

  /** The servers of one destination, newest first, and when the set changed last. Immutable. */
  private static final class Replicas {
    private final Member[] members;
    private final long changed;

    Replicas(Member[] members, long changed) {
      this.members = members;
      this.changed = changed;
    }

    Replicas with(Member member, long now) {
      for (Member each : members) {
        if (each == member) {
          return this;
        }
      }
      Member[] more = new Member[members.length + 1];
      more[0] = member;
      System.arraycopy(members, 0, more, 1, members.length);
      return new Replicas(more, now);
    }

    Replicas without(Member member, long now) {
      Member[] fewer = new Member[members.length - 1];
      int n = 0;
      for (Member each : members) {
        if (each != member) {
          fewer[n++] = each;
        }
      }
      return new Replicas(fewer, now);
    }

    boolean mayShrink(long now, long expirationNanos) {
      return members.length > 1 && now - changed > expirationNanos;
    }
  }

  private static final class Remembering implements Selector {
    private final Roster roster;
    private final DestinationTable<Replicas> destinations;
    private final Ticker ticker;
    private final long expirationNanos;

    Remembering(
        Roster roster,
        DestinationTable<Replicas> destinations,
        Ticker ticker,
        long expirationNanos) {
      this.roster = roster;
      this.destinations = destinations;
      this.ticker = ticker;
      this.expirationNanos = expirationNanos;
    }

    @Override
    public int select(ServerView servers, Flow flow) {
      long now = ticker.nanoTime();
      Entry<Replicas> entry = destinations.find(flow, now);
      if (entry != null) {
        entry.used(now);
        Replicas replicas = entry.value();
        int least = leastLoaded(servers, replicas);
        if (replicas.mayShrink(now, expirationNanos)) {
          // The one just found may be the one that leaves; as in the kernel, it still serves.
          destinations.change(flow, now, present -> shrunk(servers, present, replicas, now));
        }
        if (least != NONE && !LocalityRules.isHot(servers, least)) {
          return least;
        }
      }
      int chosen = LocalityRules.leastLoaded(servers);
      if (chosen != NONE) {
        Member member = roster.member(chosen);
        destinations.change(
            flow,
            now,
            present ->
                (present == null ? new Replicas(new Member[0], now) : present).with(member, now));
      }
      return chosen;
    }

    /** ip_vs_dest_set_min: among the usable ones. */
    private int leastLoaded(ServerView servers, Replicas replicas) {
      int least = NONE;
      int leastOverhead = 0;
      for (Member member : replicas.members) {
        int server = roster.indexOf(member);
        if (server == NONE || !servers.eligible(server)) {
          continue;
        }
        int overhead = servers.overhead(server);
        if (least == NONE
            || LocalityRules.isLess(
                overhead, servers.weight(server), leastOverhead, servers.weight(least))) {
          least = server;
          leastOverhead = overhead;
        }
      }
      return least;
    }

    private Replicas shrunk(
        ServerView servers, @Nullable Replicas present, Replicas seen, long now) {
      Replicas replicas = present == null ? seen : present;
      if (!replicas.mayShrink(now, expirationNanos)) {
        return replicas; // another thread has done it
      }
      Member most = mostLoaded(servers, replicas);
      return most == null ? replicas : replicas.without(most, now);
    }

    /**
     * ip_vs_dest_set_max: among those of a weight, full or not, and even those removed from the
     * service; null if none has a weight.
     */
    private @Nullable Member mostLoaded(ServerView servers, Replicas replicas) {
      Member most = null;
      int mostOverhead = 0;
      int mostWeight = 0;
      for (Member member : replicas.members) {
        int server = roster.indexOf(member);
        int weight =
            server == NONE
                ? Roster.lastWeight(member)
                : servers.excluded(server) ? 0 : servers.weight(server);
        if (weight == 0) {
          continue;
        }
        int overhead = server == NONE ? Roster.lastOverhead(member) : servers.overhead(server);
        if (most == null || LocalityRules.isLess(mostOverhead, mostWeight, overhead, weight)) {
          most = member;
          mostOverhead = overhead;
          mostWeight = weight;
        }
      }
      return most;
    }
  }
}

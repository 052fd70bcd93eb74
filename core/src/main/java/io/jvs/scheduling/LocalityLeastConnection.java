package io.jvs.scheduling;

import io.jvs.model.Flow;
import io.jvs.model.Ticker;
import io.jvs.scheduling.DestinationTable.Entry;
import io.jvs.scheduling.Roster.Member;
import java.time.Duration;

/**
 * {@code lblc}: remembers, in a bounded and expiring {@link DestinationTable}, the server of each
 * destination address, and keeps to it until it is quiesced, removed, excluded or overburdened;
 * then, and for new destinations, takes the one that {@code wlc} would (ip_vs_lblc.c). Meant for
 * caches behind a firewall mark.
 *
 * <p>As in the kernel, the overload mark of the remembered server is not looked at, so that
 * connection limits can be passed.
 */
final class LocalityLeastConnection implements Scheduler {
  /** DEFAULT_EXPIRATION of both lblc and lblcr. */
  static final Duration DEFAULT_EXPIRATION = Duration.ofHours(24);

  private final Duration expiration;

  LocalityLeastConnection(Duration expiration) {
    this.expiration = expiration;
  }

  @Override
  public String name() {
    return "lblc";
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
        setup.ticker());
  }

  @Override
  public Selector update(Selector previous, ListUpdate update, Setup setup) {
    Remembering before = (Remembering) previous;
    return new Remembering(before.roster.next(update), before.destinations, setup.ticker());
  }

  private static final class Remembering implements Selector {
    private final Roster roster;
    private final DestinationTable<Member> destinations;
    private final Ticker ticker;

    Remembering(Roster roster, DestinationTable<Member> destinations, Ticker ticker) {
      this.roster = roster;
      this.destinations = destinations;
      this.ticker = ticker;
    }

    @Override
    public int select(ServerView servers, Flow flow) {
      long now = ticker.nanoTime();
      Entry<Member> entry = destinations.find(flow, now);
      if (entry != null) {
        entry.used(now);
        int server = roster.indexOf(entry.value());
        if (server != NONE
            && servers.weight(server) > 0
            && !servers.excluded(server)
            && !LocalityRules.isHot(servers, server)) {
          return server;
        }
      }
      int chosen = LocalityRules.leastLoaded(servers);
      if (chosen != NONE) {
        remember(flow, now, roster.member(chosen));
      }
      return chosen;
    }

    private void remember(Flow flow, long now, Member server) {
      destinations.change(
          flow,
          now,
          present -> {
            if (present != null && present != server) {
              destinations.leak();
            }
            return server;
          });
    }
  }
}

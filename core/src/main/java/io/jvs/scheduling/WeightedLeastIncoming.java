package io.jvs.scheduling;

import io.jvs.model.Flow;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;

/**
 * {@code wlib}: the smallest rate of incoming bytes per weight, after a patch of that name to the
 * kernel by Chris Caputo, which never became part of it. Weights say what a server's line can take,
 * such as 100 and 1000. Rates are the kernel's estimates ({@link RateEstimate}), up to two seconds
 * old; so that connections between two estimates do not all go to the same server, the search
 * begins behind the last one chosen, and equals take turns.
 *
 * <p>The bytes are those that the transport, or the application by {@code Connection.countBytes},
 * has counted as coming from clients.
 */
final class WeightedLeastIncoming implements Scheduler {
  private static final RateEstimate FRESH = RateEstimate.from(-1); // a count that cannot be

  @Override
  public String name() {
    return "wlib";
  }

  @Override
  public Selector prepare(ServerView servers, Setup setup) {
    RateEstimate[] estimates =
        IntStream.range(0, servers.size())
            .mapToObj(i -> RateEstimate.from(servers.bytesFromClients(i)))
            .toArray(RateEstimate[]::new);
    return new Rates(estimates, setup, setup.ticker().nanoTime(), -1);
  }

  @Override
  public Selector update(Selector previous, ListUpdate update, Setup setup) {
    Rates before = (Rates) previous;
    ServerView servers = update.after();
    RateEstimate[] estimates =
        update
            .carry(List.of(before.estimates), weight -> FRESH, (estimate, weight) -> estimate)
            .toArray(new RateEstimate[0]);
    for (int i = 0; i < estimates.length; i++) {
      if (estimates[i].equals(FRESH)) { // what was counted before it was listed does not count
        estimates[i] = RateEstimate.from(servers.bytesFromClients(i));
      }
    }
    return new Rates(estimates, setup, before.lastTick, -1);
  }

  private static final class Rates implements Selector {
    private final Setup setup;
    private final AtomicBoolean ticking = new AtomicBoolean();
    private volatile RateEstimate[] estimates; // replaced as a whole
    private volatile long lastTick;
    private volatile int last;

    Rates(RateEstimate[] estimates, Setup setup, long lastTick, int last) {
      this.estimates = estimates;
      this.setup = setup;
      this.lastTick = lastTick;
      this.last = last;
    }

    @Override
    public int select(ServerView servers, Flow flow) {
      long now = setup.ticker().nanoTime();
      if (now - lastTick >= RateEstimate.INTERVAL_NANOS) {
        catchUp(servers.whole(), now);
      }
      int chosen = least(servers, last + 1);
      if (chosen != NONE) {
        last = chosen; // threads at once may choose the same one, as with any count
      }
      return chosen;
    }

    private int least(ServerView servers, int start) {
      RateEstimate[] now = estimates;
      int best = NONE;
      long bestRate = 0;
      long bestWeight = 1;
      for (int i = start; i < start + now.length; i++) {
        int index = i < now.length ? i : i - now.length;
        if (servers.eligible(index)) {
          long rate = now[index].bytesPerSecond();
          long weight = servers.weight(index);
          if (best == NONE || rate * bestWeight < bestRate * weight) {
            best = index;
            bestRate = rate;
            bestWeight = weight;
          }
        }
      }
      return best;
    }

    /** What a timer would have done; there is none, so the first choice after its time does it. */
    private void catchUp(ServerView servers, long now) {
      if (!ticking.compareAndSet(false, true)) {
        return; // another thread is at it; this choice goes by the old estimates
      }
      long ticks = (now - lastTick) / RateEstimate.INTERVAL_NANOS;
      if (ticks > 0) { // else another thread has just done it
        tick(servers, ticks);
      }
      ticking.set(false);
    }

    private void tick(ServerView servers, long ticks) {
      RateEstimate[] next = estimates.clone();
      for (int i = 0; i < next.length; i++) {
        next[i] = next[i].tick(servers.bytesFromClients(i), ticks);
      }
      estimates = next;
      long done = lastTick + ticks * RateEstimate.INTERVAL_NANOS;
      lastTick = done; // written by who holds the claim alone
    }
  }
}

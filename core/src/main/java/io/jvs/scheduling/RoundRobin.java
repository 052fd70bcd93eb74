package io.jvs.scheduling;

import io.jvs.model.Flow;
import io.jvs.scheduling.ListUpdate.Added;
import io.jvs.scheduling.ListUpdate.Removed;
import io.jvs.scheduling.ListUpdate.Step;
import java.util.concurrent.atomic.AtomicLong;

/**
 * {@code rr}: the next usable server after the last one chosen (ip_vs_rr.c). Adding a server does
 * not move the position; when the last one chosen is removed, its predecessor takes its place.
 */
final class RoundRobin implements Scheduler {
  @Override
  public String name() {
    return "rr";
  }

  @Override
  public Selector prepare(ServerView servers, Setup setup) {
    return new Turns(servers.size(), 0);
  }

  @Override
  public Selector update(Selector previous, ListUpdate update, Setup setup) {
    int next = ((Turns) previous).next();
    for (Step step : update.steps()) {
      if (step instanceof Added && next > 0) {
        next++;
      } else if (step instanceof Removed removed && removed.index() < next) {
        next--; // its own removal: the predecessor, or nobody if it was the first
      }
    }
    return new Turns(update.after().size(), next);
  }

  /** Takes turns by one atomic step each, which threads at once need not repeat. */
  static final class Turns implements Selector {
    /** Turns taken; modulo the size of the list the server whose turn it is. 0: nobody had one. */
    private final AtomicLong taken;

    private final int size;

    Turns(int size, long next) {
      this.size = size;
      this.taken = new AtomicLong(next);
    }

    /** Index behind that of the last one chosen; 0 if nobody has been. */
    int next() {
      long turns = taken.get();
      return turns == 0 ? 0 : (int) ((turns - 1) % size) + 1;
    }

    @Override
    public int select(ServerView servers, Flow flow) {
      if (size == 0) {
        return NONE;
      }
      long turn = taken.getAndIncrement();
      int candidate = (int) (turn % size);
      return servers.eligible(candidate) ? candidate : skip(servers, turn, candidate);
    }

    /** The turn goes to the next eligible one, round the end, and with it those between. */
    private int skip(ServerView servers, long turn, int candidate) {
      int chosen = servers.nextEligible(candidate + 1);
      int passed = chosen - candidate;
      if (chosen == size) {
        chosen = servers.nextEligible(0);
        passed += chosen;
      }
      boolean nobody = chosen == size;
      // If other threads have taken turns meanwhile, they have passed over the same servers.
      taken.compareAndSet(turn + 1, nobody ? turn : turn + 1 + passed);
      return nobody ? NONE : chosen;
    }
  }
}

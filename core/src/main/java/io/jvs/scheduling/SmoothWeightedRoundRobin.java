package io.jvs.scheduling;

import io.jvs.model.Flow;
import java.util.concurrent.atomic.AtomicLong;

/**
 * {@code swrr}: as often as its weight in each cycle, spread as evenly as can be: at no time is any
 * server's number of turns one or more away from its exact share. ({@code wrr} strays further: it
 * begins each cycle with the heaviest alone.) The order is worked out once per change of the list,
 * so a choice costs the same for any number of servers. Not in the kernel.
 */
final class SmoothWeightedRoundRobin implements Scheduler {
  @Override
  public String name() {
    return "swrr";
  }

  @Override
  public boolean hearsOfExclusion() {
    return true;
  }

  @Override
  public Selector prepare(ServerView servers, Setup setup) {
    return new Turns(SmoothCycle.of(servers, setup.random()), 0);
  }

  static final class Turns implements Selector {
    private final int[] cycle;
    private final AtomicLong taken;

    Turns(int[] cycle, long taken) {
      this.cycle = cycle;
      this.taken = new AtomicLong(taken);
    }

    @Override
    public int select(ServerView servers, Flow flow) {
      if (cycle.length == 0) {
        return NONE;
      }
      int turn = (int) (taken.getAndIncrement() % cycle.length);
      int candidate = cycle[turn];
      return servers.eligible(candidate) ? candidate : skip(servers, turn);
    }

    /** The turn of a server that is full, or out since a moment, goes to the next in the cycle. */
    private int skip(ServerView servers, int from) {
      int eligible = servers.nextEligible(0);
      if (eligible == servers.size()) {
        return NONE;
      }
      for (int i = 1; i < cycle.length; i++) {
        int turn = from + i < cycle.length ? from + i : from + i - cycle.length;
        if (servers.eligible(cycle[turn])) {
          return cycle[turn];
        }
      }
      return NONE; // it went this moment
    }
  }
}

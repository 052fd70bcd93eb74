package io.jvs.scheduling;

import io.jvs.model.Flow;
import io.jvs.scheduling.ListUpdate.Added;
import io.jvs.scheduling.ListUpdate.Removed;
import io.jvs.scheduling.ListUpdate.Step;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * {@code rr}: the next usable server after the last one chosen (ip_vs_rr.c). Adding a server does
 * not move the position; when the last one chosen is removed, its predecessor takes its place.
 */
final class RoundRobin implements Scheduler {
  private static final int HEAD = -1;

  @Override
  public String name() {
    return "rr";
  }

  @Override
  public Selector prepare(ServerView servers, Setup setup) {
    return new Position(HEAD);
  }

  @Override
  public Selector update(Selector previous, ListUpdate update, Setup setup) {
    int last = ((Position) previous).last.get();
    for (Step step : update.steps()) {
      if (step instanceof Added && last != HEAD) {
        last++;
      } else if (step instanceof Removed removed && removed.index() <= last) {
        last--; // its own removal: the predecessor, which is HEAD for the first
      }
    }
    return new Position(last);
  }

  private static final class Position implements Selector {
    /** Index of the last one chosen, or HEAD. */
    private final AtomicInteger last;

    Position(int last) {
      this.last = new AtomicInteger(last);
    }

    @Override
    public int select(ServerView servers, Flow flow) {
      int start;
      int chosen;
      do {
        start = last.get();
        chosen = next(servers, start);
        if (chosen == NONE) {
          return NONE;
        }
      } while (!last.compareAndSet(start, chosen)); // another thread took that turn
      return chosen;
    }

    /**
     * The first usable one behind {@code start}, round the end; {@code start} itself comes last.
     */
    private static int next(ServerView servers, int start) {
      int size = servers.size();
      for (int i = start + 1; i < size; i++) {
        if (servers.eligible(i)) {
          return i;
        }
      }
      for (int i = 0; i <= start && i < size; i++) {
        if (servers.eligible(i)) {
          return i;
        }
      }
      return NONE;
    }
  }
}

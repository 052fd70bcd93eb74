package io.jvs.scheduling;

import io.jvs.model.Flow;
import io.jvs.scheduling.ListUpdate.Added;
import io.jvs.scheduling.ListUpdate.Edited;
import io.jvs.scheduling.ListUpdate.Removed;
import io.jvs.scheduling.ListUpdate.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * {@code wrr}: as often as its weight in each cycle, spread out (ip_vs_wrr.c). The list is walked
 * again and again; a walk at level L takes the servers of weight L and more. From walk to walk the
 * level falls by the greatest common divisor of all weights, and at 0 starts again from the top.
 *
 * <p>Every change of the list starts the walk at the head again but keeps the level, so a service
 * that was filled by adding servers begins with one round of everybody: the first server alone made
 * a level of 1.
 */
final class WeightedRoundRobin implements Scheduler {
  private static final int HEAD = -1;

  @Override
  public String name() {
    return "wrr";
  }

  @Override
  public Selector prepare(ServerView servers, Setup setup) {
    Weights weights = new Weights(servers);
    return new Walk(servers, weights, weights.top());
  }

  @Override
  public Selector update(Selector previous, ListUpdate update, Setup setup) {
    Walk walk = (Walk) previous;
    Weights weights = new Weights(walk.weights);
    int level = walk.level();
    for (Step step : update.steps()) {
      if (step instanceof Added added) {
        weights.add(added.weight());
      } else if (step instanceof Removed removed) {
        weights.remove(removed.index());
      } else if (step instanceof Edited edited) {
        weights.edit(edited.index(), edited.weight());
      }
      int divisor = weights.divisor();
      int top = weights.top();
      if (level > top || level == 0) {
        level = top;
      } else if (divisor > 1) {
        level = level / divisor * divisor + 1;
      }
    }
    return new Walk(update.after(), weights, level);
  }

  /** The walk over one list. Position and level move together, so they share one atomic long. */
  private static final class Walk implements Selector {
    private final Weights weights; // for the next one; not looked at in a search
    private final int divisor;
    private final int top;
    private final WeightTiers tiers;
    private final AtomicLong state;

    Walk(ServerView servers, Weights weights, int level) {
      this.weights = weights;
      this.divisor = weights.divisor();
      this.top = weights.top();
      this.tiers = new WeightTiers(servers, weights.ascending());
      this.state = new AtomicLong(pack(HEAD, level));
    }

    int level() {
      return (int) state.get();
    }

    @Override
    public int select(ServerView servers, Flow flow) {
      if (top == 0) { // all quiesced, or no server at all
        return NONE;
      }
      while (true) {
        long before = state.get();
        int last = (int) (before >> 32);
        int level = (int) before;
        int chosen = tiers.next(servers, level, last + 1);
        if (chosen == servers.size()) {
          int highest = tiers.highestEligible(servers);
          if (highest == 0) {
            if (state.compareAndSet(before, afterNobody(last, level))) {
              return NONE;
            }
            continue;
          }
          level = nextLevel(level, highest);
          chosen = tiers.next(servers, level, 0);
          if (chosen == servers.size()) {
            continue; // it has gone this moment
          }
        }
        if (state.compareAndSet(before, pack(chosen, level))) {
          return chosen;
        }
      }
    }

    /** The next level that a server of weight {@code highest} takes part in. */
    private int nextLevel(int level, int highest) {
      int next = level - divisor > 0 ? level - divisor : top;
      int tooHigh = next - highest;
      return tooHigh <= 0 ? next : next - (tooHigh + divisor - 1) / divisor * divisor;
    }

    /**
     * A search that finds nobody moves on too, as in the kernel: one that began at the head, or
     * above the lowest level, walks down all levels and stands at the head again; one that began at
     * the lowest goes round once and comes back to where it was.
     */
    private long afterNobody(int last, int level) {
      return last == HEAD || level > divisor
          ? pack(HEAD, top)
          : pack(last, (top - 1) % divisor + 1);
    }
  }

  private static long pack(int position, int level) {
    return ((long) position << 32) | (level & 0xFFFF_FFFFL);
  }

  /** All weights of a list, kept up to date step by step; the divisor costs the distinct ones. */
  private static final class Weights {
    /** Oldest first, so that adding at the head of the list is cheap. */
    private final List<Integer> oldestFirst;

    private final NavigableMap<Integer, Integer> countByWeight;

    Weights(Weights other) {
      oldestFirst = new ArrayList<>(other.oldestFirst);
      countByWeight = new TreeMap<>(other.countByWeight);
    }

    Weights(ServerView servers) {
      oldestFirst = new ArrayList<>(servers.size());
      countByWeight = new TreeMap<>();
      for (int i = servers.size() - 1; i >= 0; i--) {
        add(servers.weight(i));
      }
    }

    void add(int weight) {
      oldestFirst.add(weight);
      countByWeight.merge(weight, 1, Integer::sum);
    }

    void remove(int index) {
      uncount(oldestFirst.remove(oldestFirst.size() - 1 - index));
    }

    void edit(int index, int weight) {
      uncount(oldestFirst.set(oldestFirst.size() - 1 - index, weight));
      countByWeight.merge(weight, 1, Integer::sum);
    }

    private void uncount(int weight) {
      countByWeight.computeIfPresent(weight, (w, count) -> count == 1 ? null : count - 1);
    }

    /** The positive ones, each once. */
    int[] ascending() {
      return countByWeight.tailMap(1).keySet().stream().mapToInt(Integer::intValue).toArray();
    }

    /** Greatest common divisor of the positive weights; 1 if there are none. */
    int divisor() {
      int divisor = 0;
      for (int weight : countByWeight.tailMap(1).keySet()) {
        divisor = gcd(weight, divisor);
        if (divisor == 1) {
          break;
        }
      }
      return Math.max(divisor, 1);
    }

    /** The level of the first walk: the highest weight, one divisor's worth rounded down. */
    int top() {
      int highest = countByWeight.isEmpty() ? 0 : countByWeight.lastKey();
      return highest == 0 ? 0 : highest - (divisor() - 1);
    }

    private static int gcd(int a, int b) {
      return b == 0 ? a : gcd(b, a % b);
    }
  }
}

package io.jvs.scheduling;

import io.jvs.model.Flow;
import io.jvs.model.RealServer;
import io.jvs.scheduling.Scheduler.LoadAware;
import io.jvs.scheduling.Scheduler.ResponseAware;
import io.jvs.scheduling.Scheduler.Selector;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Some servers of a list under a selector of their own, which sees them as a list of its own. Also
 * keeps the sum of the weights that may be chosen, so that nobody has to walk over them for it.
 */
final class ZonePart {
  private final int[] indexes; // in the whole list
  private final Selector selector;
  private final @Nullable LoadAware loadAware;
  private final @Nullable ResponseAware responseAware;
  private final long configuredWeight;
  private final AtomicIntegerArray counted; // the weight of each server that is in the sum
  private final AtomicLong eligibleWeight;

  /**
   * The list as it was asked for last, so that choosing need not make a view each time. Views are
   * immutable, so any thread may replace it.
   */
  private PartView latest;

  private ZonePart(int[] indexes, ServerView servers, PartView view, Selector selector) {
    this.indexes = indexes;
    this.selector = selector;
    this.loadAware = selector instanceof LoadAware aware ? aware : null;
    this.responseAware = selector instanceof ResponseAware aware ? aware : null;
    this.latest = view;
    this.counted = new AtomicIntegerArray(indexes.length);
    long configured = 0;
    long eligible = 0;
    for (int i = 0; i < indexes.length; i++) {
      configured += servers.server(indexes[i]).weight();
      counted.set(i, weightIfEligible(servers, indexes[i]));
      eligible += counted.get(i);
    }
    this.configuredWeight = configured;
    this.eligibleWeight = new AtomicLong(eligible);
  }

  static ZonePart prepare(Scheduler policy, int[] indexes, ServerView servers, Setup setup) {
    PartView view = new PartView(servers, indexes);
    return new ZonePart(indexes, servers, view, policy.prepare(view, setup));
  }

  /** A part without steps keeps its selector, though its servers may have other indexes now. */
  ZonePart update(Scheduler policy, ZoneParts.Part change, ListUpdate update, Setup setup) {
    PartView after = new PartView(update.after(), change.indexes());
    Selector next =
        change.steps().isEmpty()
            ? selector
            : policy.update(
                selector,
                new ListUpdate(new PartView(update.before(), indexes), change.steps(), after),
                setup);
    return new ZonePart(change.indexes(), update.after(), after, next);
  }

  int size() {
    return indexes.length;
  }

  /** Where in the whole list a server of this part stands. */
  int index(int place) {
    return indexes[place];
  }

  boolean learns() {
    return responseAware != null;
  }

  /** The sum of the weights of servers that may be chosen. */
  long eligibleWeight() {
    return eligibleWeight.get();
  }

  /** The same if all were well. */
  long configuredWeight() {
    return configuredWeight;
  }

  /** The policy's choice as an index of the whole list. */
  int select(ServerView servers, Flow flow) {
    int place = selector.select(view(servers), flow);
    return place == Selector.NONE ? Selector.NONE : indexes[place];
  }

  void loadChanged(ServerView servers, int place) {
    int index = indexes[place];
    int weight;
    do {
      weight = weightIfEligible(servers, index);
      if (counted.get(place) != weight) {
        eligibleWeight.addAndGet(weight - (long) counted.getAndSet(place, weight));
      }
    } while (weight != weightIfEligible(servers, index)); // changed meanwhile, by who was faster
    if (loadAware != null) {
      loadAware.loadChanged(view(servers), place);
    }
  }

  void responded(ServerView servers, int place, long nanos, long now, boolean failed) {
    if (responseAware != null) {
      responseAware.responded(view(servers), place, nanos, now, failed);
    }
  }

  private static int weightIfEligible(ServerView servers, int index) {
    return servers.eligible(index) ? servers.weight(index) : 0;
  }

  @SuppressWarnings("ReferenceEquality") // the very same list, not one that looks like it
  private PartView view(ServerView servers) {
    PartView view = latest;
    if (view.all != servers) {
      view = new PartView(servers, indexes);
      if (servers.whole() == servers) { // else it is for one flow only
        latest = view;
      }
    }
    return view;
  }

  /** The servers of a part; the policy takes them for all there are. */
  private static final class PartView implements ServerView {
    private final ServerView all;
    private final int[] indexes;

    PartView(ServerView all, int[] indexes) {
      this.all = all;
      this.indexes = indexes;
    }

    @Override
    public int size() {
      return indexes.length;
    }

    @Override
    public RealServer server(int index) {
      return all.server(indexes[index]);
    }

    @Override
    public int weight(int index) {
      return all.weight(indexes[index]);
    }

    @Override
    public int lastWeight(int index) {
      return all.lastWeight(indexes[index]);
    }

    @Override
    public int active(int index) {
      return all.active(indexes[index]);
    }

    @Override
    public int inactive(int index) {
      return all.inactive(indexes[index]);
    }

    @Override
    public int overhead(int index) {
      return all.overhead(indexes[index]);
    }

    @Override
    public boolean overloaded(int index) {
      return all.overloaded(indexes[index]);
    }

    @Override
    public boolean excluded(int index) {
      return all.excluded(indexes[index]);
    }

    @Override
    public long bytesFromClients(int index) {
      return all.bytesFromClients(indexes[index]);
    }

    @Override
    public boolean eligible(int index) {
      return all.eligible(indexes[index]);
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // a view without regard to a flow is its own whole
    public ServerView whole() {
      ServerView whole = all.whole();
      return whole == all ? this : new PartView(whole, indexes);
    }
  }
}

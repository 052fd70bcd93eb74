package io.jvs.scheduling;

import io.jvs.scheduling.ListUpdate.Added;
import io.jvs.scheduling.ListUpdate.Removed;
import io.jvs.scheduling.ListUpdate.Step;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * {@code mh}: the server that the client's address hashes to in a Maglev table, so that few clients
 * move when servers come and go (ip_vs_mh.c). If that one is quiesced, full or excluded, nobody, or
 * with the flag {@code mh-fallback} the next usable one found with other offsets. With {@code
 * mh-port} the client's port is hashed too.
 *
 * <p>With {@code bounded}, which no kernel has, a client whose server has more than its share of
 * connections is led on in the same way as by the fallback, to the next one that has not; see
 * {@link BoundedLoads}. Only active connections count, so UDP flows, which never are, stay where
 * they are.
 *
 * <p>Places are shared out by the last weight that was not 0: quiescing a server moves none of the
 * others' clients. A server that is added with weight 0 has no places until it gets a weight.
 *
 * <p>When the list outgrows the table, the kernel builds no new one: servers beyond the first
 * {@value MaglevTable#PLACES} to be added have no places until enough others have left.
 */
final class MaglevHashing implements Scheduler {
  private static final String FALLBACK = "mh-fallback";
  private static final String PORT = "mh-port";
  private static final String BOUNDED = "bounded";

  @Override
  public String name() {
    return "mh";
  }

  @Override
  public boolean goesByFlow() {
    return true;
  }

  @Override
  public Set<String> flags() {
    return Set.of(FALLBACK, PORT, BOUNDED);
  }

  @Override
  public Selector prepare(ServerView servers, Setup setup) {
    List<Integer> lastWeights = new ArrayList<>();
    for (int i = 0; i < servers.size(); i++) {
      lastWeights.add(servers.lastWeight(i));
    }
    return selector(servers, oldest(servers, lastWeights), lastWeights, setup);
  }

  @Override
  public Selector update(Selector previous, ListUpdate update, Setup setup) {
    MaglevSelector before = (MaglevSelector) previous;
    List<Integer> lastWeights =
        update.carry(
            before.lastWeights(),
            weight -> weight,
            (lastWeight, weight) -> weight == 0 ? lastWeight : weight);
    int[] owners =
        smallest(update) > MaglevTable.PLACES
            ? moved(before.owners(), update)
            : oldest(update.after(), lastWeights);
    return selector(update.after(), owners, lastWeights, setup);
  }

  private static Selector selector(
      ServerView servers, int[] owners, List<Integer> lastWeights, Setup setup) {
    boolean fallback = setup.flags().contains(FALLBACK);
    boolean withPort = setup.flags().contains(PORT);
    return setup.flags().contains(BOUNDED)
        ? new MaglevSelector.Bounded(
            owners, lastWeights, fallback, withPort, new BoundedLoads(servers))
        : new MaglevSelector(owners, lastWeights, fallback, withPort);
  }

  /** A table for as many as it has places for, those that have been listed longest. */
  private static int[] oldest(ServerView servers, List<Integer> lastWeights) {
    List<Integer> weights = new ArrayList<>(lastWeights);
    for (int i = 0; i < weights.size(); i++) {
      if (servers.excluded(i)) {
        weights.set(i, 0); // as if it were not listed
      }
    }
    return MaglevTable.build(servers, Math.max(0, servers.size() - MaglevTable.PLACES), weights);
  }

  /** How long the list was when it was shortest. */
  private static int smallest(ListUpdate update) {
    int size = update.before().size();
    int smallest = size;
    for (Step step : update.steps()) {
      size += step instanceof Added ? 1 : step instanceof Removed ? -1 : 0;
      smallest = Math.min(smallest, size);
    }
    return smallest;
  }

  /** The same owners under the indexes that they have now; who was removed leaves a hole. */
  private static int[] moved(int[] owners, ListUpdate update) {
    List<Integer> indexes = new ArrayList<>();
    for (int i = 0; i < update.before().size(); i++) {
      indexes.add(i);
    }
    List<Integer> formerly = update.carry(indexes, added -> Selector.NONE, (index, edit) -> index);
    int[] now = new int[update.before().size()];
    Arrays.fill(now, Selector.NONE);
    for (int i = 0; i < formerly.size(); i++) {
      if (formerly.get(i) != Selector.NONE) {
        now[formerly.get(i)] = i;
      }
    }
    int[] moved = new int[owners.length];
    for (int place = 0; place < owners.length; place++) {
      moved[place] = owners[place] == Selector.NONE ? Selector.NONE : now[owners[place]];
    }
    return moved;
  }
}

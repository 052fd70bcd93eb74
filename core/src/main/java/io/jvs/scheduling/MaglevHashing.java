package io.jvs.scheduling;

import io.jvs.model.Flow;
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
 * <p>Places are shared out by the last weight that was not 0: quiescing a server moves none of the
 * others' clients. A server that is added with weight 0 has no places until it gets a weight.
 *
 * <p>When the list outgrows the table, the kernel builds no new one: servers beyond the first
 * {@value MaglevTable#PLACES} to be added have no places until enough others have left.
 */
final class MaglevHashing implements Scheduler {
  private static final String FALLBACK = "mh-fallback";
  private static final String PORT = "mh-port";

  @Override
  public String name() {
    return "mh";
  }

  @Override
  public Set<String> flags() {
    return Set.of(FALLBACK, PORT);
  }

  @Override
  public Selector prepare(ServerView servers, Setup setup) {
    List<Integer> lastWeights = new ArrayList<>();
    for (int i = 0; i < servers.size(); i++) {
      lastWeights.add(servers.weight(i));
    }
    return selector(oldest(servers, lastWeights), lastWeights, setup);
  }

  @Override
  public Selector update(Selector previous, ListUpdate update, Setup setup) {
    Table before = (Table) previous;
    List<Integer> lastWeights =
        update.carry(
            before.lastWeights,
            weight -> weight,
            (lastWeight, weight) -> weight == 0 ? lastWeight : weight);
    int[] owners =
        smallest(update) > MaglevTable.PLACES
            ? moved(before.owners, update)
            : oldest(update.after(), lastWeights);
    return selector(owners, lastWeights, setup);
  }

  private static Selector selector(int[] owners, List<Integer> lastWeights, Setup setup) {
    return new Table(
        owners, lastWeights, setup.flags().contains(FALLBACK), setup.flags().contains(PORT));
  }

  /** A table for as many as it has places for, those that have been listed longest. */
  private static int[] oldest(ServerView servers, List<Integer> lastWeights) {
    return MaglevTable.build(
        servers, Math.max(0, servers.size() - MaglevTable.PLACES), lastWeights);
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

  private static final class Table implements Selector {
    private final int[] owners;
    private final List<Integer> lastWeights; // of each server, for the next update
    private final boolean fallback;
    private final boolean withPort;
    private final boolean vacant; // nobody has a place

    Table(int[] owners, List<Integer> lastWeights, boolean fallback, boolean withPort) {
      this.owners = owners;
      this.lastWeights = lastWeights;
      this.fallback = fallback;
      this.withPort = withPort;
      this.vacant = Arrays.stream(owners).allMatch(owner -> owner == NONE);
    }

    @Override
    public int select(ServerView servers, Flow flow) {
      int value = (withPort ? flow.clientPort() : 0) + Folded.client(flow);
      int place = MaglevTable.place(MaglevHash.hash(value, MaglevHash.FIRST_KEY));
      int server = owners[place];
      if (server != NONE && servers.eligible(server)) {
        return server;
      }
      return fallback ? fallBack(servers, value, place) : NONE;
    }

    /** ip_vs_mh_get_fallback: each offset is added before hashing, so the probes are scattered. */
    private int fallBack(ServerView servers, int value, int place) {
      if (vacant) {
        return NONE;
      }
      int offset = place;
      for (int k = 0; k < MaglevTable.PLACES; k++) {
        int probe = MaglevTable.place(MaglevHash.hash(offset + value, MaglevHash.FIRST_KEY));
        int server = owners[probe];
        if (server != NONE && servers.eligible(server)) {
          return server;
        }
        offset = offset + 1 == MaglevTable.PLACES ? 0 : offset + 1;
      }
      return NONE;
    }
  }
}

package io.jvs.scheduling;

import io.jvs.model.Flow;
import java.util.Set;

/**
 * {@code sh}: the server that the client's address hashes to (ip_vs_sh.c). If that one is quiesced,
 * full or excluded, nobody, or with the flag {@code sh-fallback} the next usable one that the same
 * hash leads to from another offset. With {@code sh-port} the client's port is hashed too.
 *
 * <p>The table has 256 places; in turn, each server takes as many as its weight, and at least one.
 * When the weights add up to more, the oldest servers get nothing; {@code mh} divides more finely.
 */
final class SourceHashing implements Scheduler {
  private static final String FALLBACK = "sh-fallback";
  private static final String PORT = "sh-port";

  /** CONFIG_IP_VS_SH_TAB_BITS as Linux builds it unless told otherwise. */
  private static final int BITS = 8;

  private static final int PLACES = 1 << BITS;

  @Override
  public String name() {
    return "sh";
  }

  @Override
  public boolean goesByFlow() {
    return true;
  }

  @Override
  public boolean goesByProportion() {
    return false; // a weight is a number of places
  }

  @Override
  public Set<String> flags() {
    return Set.of(FALLBACK, PORT);
  }

  @Override
  public Selector prepare(ServerView servers, Setup setup) {
    return new Table(
        places(servers), setup.flags().contains(FALLBACK), setup.flags().contains(PORT));
  }

  /** ip_vs_sh_reassign, as if excluded servers were not listed; NONE when there is no server. */
  private static int[] places(ServerView servers) {
    int[] places = new int[PLACES];
    int server = next(servers, 0);
    int taken = 0;
    for (int place = 0; place < PLACES; place++) {
      places[place] = server;
      taken++;
      if (server != Selector.NONE && taken >= servers.weight(server)) {
        server = next(servers, server + 1);
        taken = 0;
      }
    }
    return places;
  }

  /**
   * The first server of this index or a higher one that may be chosen, round the end if need be.
   */
  private static int next(ServerView servers, int from) {
    for (int k = 0; k < servers.size(); k++) {
      int index = (from + k) % servers.size();
      if (!servers.excluded(index)) {
        return index;
      }
    }
    return Selector.NONE;
  }

  private static final class Table implements Selector {
    private final int[] places;
    private final boolean fallback;
    private final boolean withPort;

    Table(int[] places, boolean fallback, boolean withPort) {
      this.places = places;
      this.fallback = fallback;
      this.withPort = withPort;
    }

    @Override
    public int select(ServerView servers, Flow flow) {
      int port = withPort ? Folded.clientPort(flow) : 0;
      int hash = Folded.hash32(port + Folded.client(flow), BITS);
      int server = places[hash];
      if (server == NONE || servers.eligible(server)) {
        return server;
      }
      return fallback ? fallBack(servers, hash) : NONE;
    }

    /** ip_vs_sh_get_fallback: offsets from the hash on, each added to the hash once more. */
    private int fallBack(ServerView servers, int hash) {
      for (int k = 0; k < PLACES; k++) {
        int offset = (k + hash) & (PLACES - 1);
        int server = places[(offset + hash) & (PLACES - 1)];
        if (servers.eligible(server)) {
          return server;
        }
      }
      return NONE;
    }
  }
}

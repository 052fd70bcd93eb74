package io.jvs.scheduling;

import io.jvs.model.RealServer;

/**
 * The real servers of one service at the moment of a choice: newest first, as in the kernel's list
 * (ip_vs_ctl.c adds at the head), so that ties fall as they do there. The list itself does not
 * change; counts and marks are read anew with every call, and two calls may differ.
 */
public interface ServerView {
  /** How many servers there are; the indexes of all other methods are 0 to {@code size() - 1}. */
  int size();

  /** The definition, whose weight is the configured one; see {@link #weight}. */
  RealServer server(int index);

  /** The effective weight, 0 to {@link RealServer#MAX_WEIGHT}; 0 when quiesced. */
  int weight(int index);

  /** Connections that count as active: TCP, opening or open. */
  int active(int index);

  /** Connections that count as inactive: TCP, closing; all UDP flows. */
  int inactive(int index);

  /**
   * What an entry costs to the kernel's least-connection policies: 256 for an active connection, 1
   * for an inactive one, and since 6.1.192 one more for an active one (ip_vs_dest_conn_overhead).
   */
  int overhead(int index);

  /** The kernel's IP_VS_DEST_F_OVERLOAD: at its connection limit, and not yet well below it. */
  boolean overloaded(int index);

  /** Down, or this very flow has been tried there already: no policy may choose it. */
  boolean excluded(int index);

  /** Bytes that clients have sent through this service so far; wraps after 2^63. */
  long bytesFromClients(int index);

  /** Whether a policy may choose the server: not quiesced, not full, not excluded. */
  default boolean eligible(int index) {
    return weight(index) > 0 && !overloaded(index) && !excluded(index);
  }

  /**
   * The servers without regard to this very flow: what a policy keeps for later flows must not
   * depend on where this one has been.
   */
  default ServerView whole() {
    return this;
  }

  /** The first eligible server of this index or a higher one, or {@link #size()}. */
  default int nextEligible(int from) {
    int index = from;
    while (index < size() && !eligible(index)) {
      index++;
    }
    return index;
  }
}

package io.jvs.transport.tcp;

import java.nio.ByteBuffer;
import java.time.Duration;

/** Wants to see what a client sends first, before it has a server. On the session's loop. */
interface Look {
  /** From {@link #seen}: that is not enough yet. */
  int MORE = -1;

  /** How many bytes it may want to see at most. */
  int atMost();

  /** How long it waits at most. */
  Duration patience();

  /**
   * All that has come so far; called again with more after {@link #MORE}.
   *
   * @param soFar from the first byte that has not been dropped, at most {@link #atMost}; to be read
   *     during the call only, and not to be changed
   * @param last whether nothing will be added: the client has sent its FIN, the time is over, or
   *     there is as much as wanted; then {@code MORE} counts as 0
   * @return {@link #MORE}, or how many of the bytes to drop, with which it has seen enough: the
   *     rest goes to the server. Then {@link SessionOwner#looked} is called
   */
  int seen(ByteBuffer soFar, boolean last);
}

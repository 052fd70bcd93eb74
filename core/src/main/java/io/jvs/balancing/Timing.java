package io.jvs.balancing;

import java.util.Locale;

/** A part of a connection's life that is measured, for each service. */
public enum Timing {
  /**
   * From the moment that a real server was sought until one had accepted; attempts that failed
   * before it are part of it. UDP flows have no such part.
   */
  CONNECT,
  /**
   * From the client's first bytes on, or from the accepted connect if the server speaks first,
   * until the server's first bytes. Of a UDP flow, from its first datagram to the first answer,
   * other servers that were tried before included.
   */
  FIRST_BYTE,
  /**
   * From the client's arrival to the end, of connections that had a server. Of a UDP flow that was
   * answered, from its first datagram to its last one: the time until it was given up is no part of
   * it.
   */
  TOTAL;

  /** As in metrics and messages: {@code first-byte}. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}

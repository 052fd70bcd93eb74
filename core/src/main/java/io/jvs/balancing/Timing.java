package io.jvs.balancing;

import java.util.Locale;

/** A part of a connection's life that is measured, for each service. */
public enum Timing {
  /**
   * From the moment that a real server was sought until one had accepted; attempts that failed
   * before it are part of it.
   */
  CONNECT,
  /**
   * From the client's first bytes on, or from the accepted connect if the server speaks first,
   * until the server's first bytes.
   */
  FIRST_BYTE,
  /** From the client's arrival to the end, of connections that had a server. */
  TOTAL;

  /** As in metrics and messages: {@code first-byte}. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}

package io.jvs.balancing;

import java.util.Locale;

/**
 * What went wrong with a connection to a real server, in one word: bounded, for counters and
 * metrics. What exactly it was is in the reason for people.
 */
public enum Fault {
  /** Nobody listens there: the connect was answered with a reset, or a datagram with ICMP. */
  REFUSED,
  /** The server did not accept in time. */
  CONNECT_TIMEOUT,
  /** There is no way to it: no route to the host or to its network. */
  UNREACHABLE,
  /** Its host name has no address, or was not resolved in time. */
  NAME_NOT_FOUND,
  /** It has reset the connection. */
  RESET,
  /** It has closed the connection and still owed an answer. */
  CLOSED_UNANSWERED,
  /** It has been asked and has not answered in time. */
  NO_ANSWER,
  /** Anything else, and what was reported without a fault. */
  OTHER;

  /** As in metrics and messages: {@code connect-timeout}. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}

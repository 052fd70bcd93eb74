package io.jvs.balancing;

import java.util.Locale;

/** How far a piece of work got that failed: whether it may be done again elsewhere. */
public enum Failure {
  /** The server has seen nothing of it, such as a refused connection. Safe to do elsewhere. */
  NEVER_SENT,
  /** The server may have done it, or part of it, such as a reset after the request was written. */
  MAYBE_PROCESSED,
  /** The server has answered; the answer was no. The server works. */
  ANSWERED;

  /** As in metrics and messages: {@code never-sent}. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}

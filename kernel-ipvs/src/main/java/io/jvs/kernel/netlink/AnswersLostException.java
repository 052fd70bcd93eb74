package io.jvs.kernel.netlink;

import java.io.IOException;

/**
 * The kernel answered and the answer did not arrive: the receive buffer was full, a message was
 * longer than the memory for it, or none came in time. What was asked for has or has not been done.
 */
public final class AnswersLostException extends IOException {
  private static final long serialVersionUID = 1;

  private final boolean timedOut;

  public AnswersLostException(String message, boolean timedOut) {
    super(message);
    this.timedOut = timedOut;
  }

  /** Nothing came; else something may still come. */
  public boolean timedOut() {
    return timedOut;
  }
}

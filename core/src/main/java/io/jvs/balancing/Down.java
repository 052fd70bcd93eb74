package io.jvs.balancing;

import java.time.Instant;

/**
 * The verdict that a server does not work.
 *
 * @param reason what was seen, such as {@code 3 checks failed: connect timed out after 2 s}
 */
public record Down(Instant since, String reason) {
  private static final String UNCHECKED = "not checked yet";

  /** Of a server that starts down, until it has been checked. */
  static Down unchecked(Instant since) {
    return new Down(since, UNCHECKED);
  }

  /** Whether nobody has looked yet, so that it is no verdict on the server. */
  public boolean isUnchecked() {
    return reason.equals(UNCHECKED);
  }

  @Override
  public String toString() {
    return "down since " + since + " (" + reason + ")";
  }
}

package io.jvs.balancing;

import java.time.Instant;

/**
 * The verdict that a server does not work.
 *
 * @param reason what was seen, such as {@code 3 checks failed: connect timed out after 2 s}
 */
public record Down(Instant since, String reason) {
  @Override
  public String toString() {
    return "down since " + since + " (" + reason + ")";
  }
}

package io.jvs.balancing;

import java.util.Locale;

/** What bears on the weight of a server, in the order in which it is applied. */
public enum WeightSource {
  /** A check that tells weights, such as a script by its exit status. */
  CHECK,
  /** The agent on the server. */
  AGENT,
  /** The server has come, or come back, a short while ago. */
  SLOW_START,
  /** Load that was measured or reported. */
  FEEDBACK,
  /** The connection limit is near; see {@link io.jvs.model.WeightCorrection}. */
  LIMIT;

  /** As in messages: {@code slow-start}. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}

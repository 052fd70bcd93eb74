package io.jvs.balancing;

import io.jvs.model.RealServer;
import org.jspecify.annotations.Nullable;

/**
 * Hears what became of connections and calls, once for each that taught something: when the server
 * gave its first answer, or when it failed before. Called by the threads that carry them; must be
 * quick and must not block.
 */
@FunctionalInterface
public interface OutcomeListener {
  /**
   * A server has answered, or failed to.
   *
   * @param failure how far it got, or null if the server answered well
   * @param nanos from the choice to the answer or failure, not negative
   */
  void outcome(RealServer server, @Nullable Failure failure, long nanos);

  /**
   * How long a server may take to answer. What takes longer is told as an answer while it is still
   * waited for, by those who carry it and look at times; else a server that never answers would
   * never be heard of. The shortest of all listeners counts.
   *
   * @return nanoseconds; {@link Long#MAX_VALUE}, the default, for any time
   */
  default long patienceNanos() {
    return Long.MAX_VALUE;
  }
}

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
}

package io.jvs.balancing;

import io.jvs.model.RealServer;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Hears what became of connections and calls, once for each that taught something: when the server
 * gave its first answer, or when it failed before. Called by the threads that carry them; must be
 * quick, and neither block nor throw.
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
   * Whether {@link #judge} is to be asked, for which first bytes must be shown. Asked at each first
   * answer, so it may change.
   */
  default boolean readsAnswers() {
    return false;
  }

  /**
   * Judges a server's first answer by its first bytes, before {@link #outcome} is told the result.
   * Only transports through whose hands bytes pass can show them; elsewhere all answers are good.
   *
   * @param firstBytes read-only: what came with the first read, perhaps less than a whole answer,
   *     perhaps more; good during the call only
   * @return how the server has failed, or null if it has answered well or nobody can tell
   */
  default @Nullable Failure judge(ByteBuffer firstBytes) {
    return null;
  }

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

package io.jvs.resilience;

import org.jspecify.annotations.Nullable;

/**
 * Tells which results are failures of the server that gave them. Called by any thread.
 *
 * @param <T> what calls give
 */
@FunctionalInterface
public interface ResultJudgement<T> {
  /** A reason for people, such as {@code status 503}, or null for a good result. */
  @Nullable String serverFailure(T result);
}

package io.jvs.balancing;

import io.jvs.model.RealServer;

/**
 * A piece of work done with one real server.
 *
 * @param <T> what comes back
 * @param <X> what it may throw
 */
@FunctionalInterface
public interface ServerCall<T, X extends Exception> {
  T apply(RealServer server) throws X;
}

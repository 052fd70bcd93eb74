package io.jvs.transport;

/**
 * Hears what became of each connection, such as for a log. Called by event loops, by several at a
 * time: it must return soon and neither wait nor lock. What it throws is logged, and no connection
 * suffers from it.
 */
@FunctionalInterface
public interface ConnectionListener {
  /**
   * Whether {@link #ended} is to be called for a connection that has ended; costs less than to drop
   * what it is given.
   *
   * @param failed as {@link ClosedConnection#failed}
   */
  default boolean wants(long id, boolean failed) {
    return true;
  }

  /** A connection has ended. Called once for each that is wanted. */
  void ended(ClosedConnection connection);
}

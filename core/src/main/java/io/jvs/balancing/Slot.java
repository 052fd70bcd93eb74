package io.jvs.balancing;

import io.jvs.model.RealServer;

/**
 * A real server that has been given a piece of work by {@link LoadBalancer#take}. The same object
 * stands for all pieces of work of a server, so it knows of no single one: whoever took it must
 * release it exactly once. Where that is hard to promise, a {@link Connection} costs 56 bytes and
 * counts once whatever happens. Any thread.
 */
public final class Slot {
  private final ServerState server;
  private final LoadBalancer balancer;

  Slot(ServerState server, LoadBalancer balancer) {
    this.server = server;
    this.balancer = balancer;
  }

  /** The chosen server, as it is defined now. */
  public RealServer server() {
    return server.definition();
  }

  /** Any thread: the connections have come to another step of the weight correction. */
  void correct() {
    balancer.control().correct(server);
  }

  /** The work is done. */
  public void release() {
    balancer.generation().release(server, true);
  }

  /**
   * The work is done; policies that learn from response times, such as {@code ewma}, hear how, and
   * so do outcome listeners.
   *
   * @param nanos how long it took
   * @param failed whether the server failed
   */
  public void release(long nanos, boolean failed) {
    Generation now = balancer.generation();
    now.release(server, true);
    if (failed) {
      server.failures.count(Fault.OTHER);
    }
    if (balancer.hasOutcomes()) {
      balancer.outcome(server.definition(), failed ? Failure.MAYBE_PROCESSED : null, nanos);
    }
    if (now.responseAware() != null) {
      now.responded(server, nanos, balancer.nanoTime(), failed);
    }
  }

  @Override
  public String toString() {
    return balancer.service().name() + " to " + server.definition().name();
  }
}

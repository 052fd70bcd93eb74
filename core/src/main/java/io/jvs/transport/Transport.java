package io.jvs.transport;

import io.jvs.balancing.LoadBalancer;
import io.jvs.model.VirtualService;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Carries virtual services. It is told the whole truth again and again and makes what it carries
 * equal to that. Called by the control side only, one call at a time.
 */
public interface Transport {
  /** What commands and messages call it, such as {@code tcp}. */
  String name();

  /**
   * Why it cannot carry the service: empty if it can. Changes nothing and asks nobody, so a
   * director can refuse an impossible definition before anything changes.
   */
  Optional<String> objection(VirtualService service);

  /**
   * Makes the carried services equal to {@code desired}; a second call changes nothing. Services
   * keep their connections, also when their definition or address changes. One that is no longer
   * desired stops accepting at once, and its present connections live on.
   *
   * @throws UnsupportedServiceException before anything is changed, if there is an {@link
   *     #objection} to one of them
   * @throws TransportException if the outside does not allow it, such as an address in use; then
   *     everything is as before
   */
  void apply(List<Assignment> desired);

  /**
   * Stops accepting at once, waits for present connections to end, and resets those that are left
   * at the deadline. Returns when all is released. A second call does nothing.
   *
   * @param drain how long to wait at most; zero for not at all
   */
  void close(Duration drain);

  /**
   * A service to carry.
   *
   * @param service the definition to go by; that of the balancer may be about to follow
   * @param balancer who admits its flows; the same object for as long as the service lives
   */
  record Assignment(VirtualService service, LoadBalancer balancer) {}
}

package io.jvs.scheduling;

import io.jvs.model.Flow;
import java.util.Set;

/**
 * A policy. It makes one {@link Selector} per virtual service, prepared once per change of the
 * server list with whatever makes choosing cheap.
 *
 * <p>A policy without memory or tables is a {@link #of lambda}. One with tables overrides {@link
 * #prepare} and builds them there. One with a memory that must survive changes (the position of
 * {@code rr}, the level of {@code wrr}, the destinations of {@code lblc}) overrides {@link #update}
 * too and carries it over. Instances are shared between services, so memory belongs into the
 * selector.
 */
public interface Scheduler {
  /** The name ipvsadm(8) uses for it, such as {@code wlc}; the kernel transport passes it on. */
  String name();

  /** Flags it understands, such as {@code sh-port}. */
  default Set<String> flags() {
    return Set.of();
  }

  /**
   * Whether the choice goes by who asks or for what, as that of {@code sh} does. Then what stands
   * above the policy, such as a {@link ZonePreference}, goes by the client and not by turns.
   */
  default boolean goesByFlow() {
    return false;
  }

  /**
   * Whether it makes tables, and so wants to hear of a server that is excluded, or no longer, as of
   * one that is edited: else what is out in a table would all be its neighbour's.
   */
  default boolean hearsOfExclusion() {
    return goesByFlow();
  }

  /**
   * Whether only the proportions of weights matter, so that weights 1 and 2 are the same as 100 and
   * 200. Then parts of a weight, as in a slow start, can be told in finer units; else they are
   * rounded, to 1 at least.
   */
  default boolean goesByProportion() {
    return true;
  }

  /**
   * A selector for a service that is given this scheduler now, whose list may have servers already
   * (ip_vs_scheduler.init_service). Called by the control side only; may take milliseconds.
   */
  Selector prepare(ServerView servers, Setup setup);

  /**
   * The selector that goes on after the list has changed (add_dest, del_dest, upd_dest). Called by
   * the control side only, while other threads may still select with {@code previous}: picks made
   * meanwhile are not seen by the new one.
   *
   * @param previous what this scheduler returned last for the service
   */
  default Selector update(Selector previous, ListUpdate update, Setup setup) {
    return prepare(update.after(), setup);
  }

  /** A policy that needs neither tables nor memory. */
  static Scheduler of(String name, Selector selector) {
    return new StatelessScheduler(name, selector);
  }

  /** Chooses. Called by many threads at once; must not block, lock or allocate. */
  @FunctionalInterface
  interface Selector {
    /** No server can or may take the flow. */
    int NONE = -1;

    /**
     * Index of the server for a new flow, or {@link #NONE}. Anything but NONE must be a server
     * whose {@link ServerView#weight} is positive and that is not {@link ServerView#excluded}.
     */
    int select(ServerView servers, Flow flow);
  }

  /**
   * A selector that keeps an order of the servers, and so has to hear what changes in it. Views say
   * the truth at any time, with or without this.
   */
  interface LoadAware extends Selector {
    /**
     * Connection counts or marks of this server are other than they were. Called after each change,
     * by the thread that made it, at any time from the moment when the selector is returned.
     */
    void loadChanged(ServerView servers, int index);
  }

  /** A selector that learns from how long work took, and whether it came to a good end. */
  interface ResponseAware extends Selector {
    /**
     * A connection to this server has ended.
     *
     * @param nanos from the choice to the end, not negative
     * @param now the time of the end, by {@link Setup#ticker}
     * @param failed whether it was reported as a failure of the server
     */
    void responded(ServerView servers, int index, long nanos, long now, boolean failed);
  }
}

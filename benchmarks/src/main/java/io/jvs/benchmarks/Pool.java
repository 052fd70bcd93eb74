package io.jvs.benchmarks;

/** A load balancer whose servers come and go. Used by one thread. */
public interface Pool {
  /** Makes whatever a caller of {@link #replace} would have at hand: the new list. */
  void prepare(int place);

  /** Lets a server that has never been there take this place, as prepared. */
  void replace();

  /** Takes the server in this place out of the choice, and lets it back in. */
  default void flip(int place) {
    throw new UnsupportedOperationException("flips: " + flips());
  }

  /** Whether one server can go out and in without a new list. */
  default boolean flips() {
    return false;
  }
}

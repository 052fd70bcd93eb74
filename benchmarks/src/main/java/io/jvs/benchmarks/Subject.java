package io.jvs.benchmarks;

import io.jvs.model.Flow;
import org.jspecify.annotations.Nullable;

/**
 * Something that chooses a server for a piece of work and is told when the work is over. Used by
 * several threads. Each is measured in a virtual machine of its own, so that calls to it are as
 * direct as in a program that has one load balancer.
 */
public abstract class Subject {
  /** A choice, to be given to {@link #close} in the end. */
  public abstract @Nullable Object open(Flow flow);

  /** What {@link #close} will want to know as the time of {@link #open}; 0 if it does not care. */
  public long now() {
    return 0;
  }

  /**
   * The work is over. Nothing to do where it is not counted.
   *
   * @param began {@link #now} just before it was opened
   */
  public void close(Object opened, long began) {}

  /**
   * Chooses, finishes at once, and says which server it was: its place in the list, from 0. Not
   * measured, so it may look things up.
   */
  public abstract int serve(Flow flow);
}

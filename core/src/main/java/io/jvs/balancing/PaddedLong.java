package io.jvs.balancing;

/** Keeps whatever lies before an object away from its hot fields. See ConnectionCounts. */
abstract class PaddedLong extends Padding {
  volatile long bits;

  /** Connections opened before those that {@link #bits} counts. */
  volatile long openedBefore;

  /** Upper connection limit, 0 for none; written by the control side. */
  volatile int upper;

  /** At its connection limit; written by whoever binds or releases. */
  volatile boolean overloaded;

  /** Found not to work; written by the control side. */
  volatile boolean down;
}

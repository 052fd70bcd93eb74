package io.jvs.balancing;

/** Keeps whatever lies before an object away from its one hot field. See ConnectionCounts. */
abstract class PaddedLong extends Padding {
  volatile long bits;
}

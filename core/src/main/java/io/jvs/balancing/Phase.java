package io.jvs.balancing;

/** Where a connection stands. It only ever goes on, perhaps over some of them. */
public enum Phase {
  /** Chosen, not yet connected; counts as active, as SYN_RECV does in the kernel. */
  OPENING,
  /** Data may flow. */
  ACTIVE,
  /** One side has closed; counts as inactive, as FIN_WAIT does in the kernel. */
  CLOSING,
  /** Over; counts no more. */
  CLOSED
}

package io.jvs.scheduling;

/** Whose arithmetic is followed where kernel versions differ. */
public enum KernelCompatibility {
  /** 6.1.176 and before: an active connection costs 256, an inactive one 1. */
  LINUX_6_1(256),
  /** 6.1.192, 7.2 and later: 256 for an active connection, and 1 for every connection. */
  NEWEST(257);

  private final int activeCost;

  KernelCompatibility(int activeCost) {
    this.activeCost = activeCost;
  }

  /** ip_vs_dest_conn_overhead: a signed 32-bit number, which wraps as in the kernel. */
  public int overhead(int active, int inactive) {
    return active * activeCost + inactive;
  }
}

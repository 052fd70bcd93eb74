package io.jvs.transport.tcp;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** How many connections the process has file descriptors for; measured before there are any. */
final class DescriptorLimit {
  /** For what opens later: log files, jars, control connections, clients that are turned away. */
  private static final int RESERVE = 128;

  private static final int EACH = 2; // a client's socket and a server's
  private static final int UNKNOWN = 10_000;
  private static final int AT_MOST = 1_000_000;

  private final long free; // 0 if nobody knows

  private DescriptorLimit(long free) {
    this.free = free;
  }

  /**
   * @param later what the engine may open yet, beside sockets
   */
  static DescriptorLimit measure(int later) {
    if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system
        && system.getMaxFileDescriptorCount() > 0) {
      long limit = system.getMaxFileDescriptorCount();
      long reserve = Math.min(RESERVE, limit / 4) + later;
      return new DescriptorLimit(
          Math.max(EACH, limit - system.getOpenFileDescriptorCount() - reserve));
    }
    return new DescriptorLimit(0);
  }

  /**
   * Connections that fit beside the listening sockets and what others have been promised.
   *
   * @param others descriptors that the rest of the process may take
   */
  int connections(int listeningSockets, int others) {
    return free == 0
        ? UNKNOWN
        : (int) Math.max(1, Math.min(AT_MOST, (free - listeningSockets - others) / EACH));
  }
}

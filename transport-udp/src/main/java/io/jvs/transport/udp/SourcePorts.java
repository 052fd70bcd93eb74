package io.jvs.transport.udp;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** How many source ports the process has file descriptors for. */
final class SourcePorts {
  /** As many as a usual system gives out (net.ipv4.ip_local_port_range), or a little less. */
  private static final int MOST = 28_000;

  private static final int UNKNOWN = 4_000;

  private SourcePorts() {}

  /** Half of the descriptors that are free: others, such as a TCP proxy, want some too. */
  static int limit() {
    if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system
        && system.getMaxFileDescriptorCount() > 0) {
      long free = system.getMaxFileDescriptorCount() - system.getOpenFileDescriptorCount();
      return (int) Math.max(16, Math.min(MOST, free / 2));
    }
    return UNKNOWN;
  }
}

package io.jvs.transport.tcp;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;

/**
 * Whether memory outside the heap is about to run out. Asked before something has to wait there,
 * since the JDK collects garbage and sleeps, for half a second, before it says no: loops would
 * stand still for as long as there are clients that do not read. Any thread.
 */
final class DirectMemory {
  /** What reads and writes under way need, and allocators by the piece. */
  private static final long LEAST_RESERVE = 2 << 20;

  private static final BufferPoolMXBean POOL =
      ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
          .filter(pool -> pool.getName().equals("direct"))
          .findFirst()
          .orElseThrow();

  private static final long ENOUGH = enough(max());

  private DirectMemory() {}

  /** As {@code -XX:MaxDirectMemorySize} says; 0, the default, is as much as the heap may have. */
  private static long max() {
    HotSpotDiagnosticMXBean options =
        ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
    long max =
        options == null ? 0 : Long.parseLong(options.getVMOption("MaxDirectMemorySize").getValue());
    return max > 0 ? max : Runtime.getRuntime().maxMemory();
  }

  private static long enough(long max) {
    return max - Math.min(max / 2, Math.max(max / 8, LEAST_RESERVE));
  }

  /**
   * Does nothing if there is enough left.
   *
   * @throws OutOfMemoryError if there is not
   */
  static void check() {
    long used = POOL.getMemoryUsed();
    if (used > ENOUGH) {
      throw new OutOfMemoryError(used + " bytes outside the heap are in use");
    }
  }
}

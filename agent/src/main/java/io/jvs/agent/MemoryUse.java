package io.jvs.agent;

import java.lang.management.ManagementFactory;

/**
 * How much of the memory could not be had any more: of the container's if its group has a limit
 * ({@code memory.max} of cgroups(7) version 2; file pages that nobody uses can be had), else of the
 * machine's ({@code MemAvailable} of proc(5)), else what the JDK knows.
 */
final class MemoryUse implements LoadSource {
  private final Procfs files;

  MemoryUse() {
    this(new Procfs());
  }

  MemoryUse(Procfs files) {
    this.files = files;
  }

  @Override
  public double load() {
    String max = files.groupLine("memory.max");
    String current = files.groupLine("memory.current");
    if (max != null && current != null && !max.equals("max")) {
      long unused = Math.max(0, files.groupNumber("memory.stat", "inactive_file"));
      return share(Long.parseLong(current) - unused, Long.parseLong(max));
    }
    long total = files.number("proc/meminfo", "MemTotal");
    long available = files.number("proc/meminfo", "MemAvailable");
    if (total > 0 && available >= 0) {
      return share(total - available, total);
    }
    return ManagementFactory.getOperatingSystemMXBean()
            instanceof com.sun.management.OperatingSystemMXBean known
        ? share(known.getTotalMemorySize() - known.getFreeMemorySize(), known.getTotalMemorySize())
        : Double.NaN;
  }

  private static double share(long used, long total) {
    return total <= 0 ? Double.NaN : Math.max(0, (double) used / total);
  }

  @Override
  public String name() {
    return "memory";
  }
}

package io.jvs.agent;

import java.lang.management.ManagementFactory;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How much of the processors was used since the last question: of those that the container may use
 * if its group has a quota ({@code cpu.max} of cgroups(7) version 2), else of the machine's (the
 * first line of {@code /proc/stat}, proc(5)), else what the JDK knows. Waiting for disks counts as
 * idle.
 */
final class CpuLoad implements LoadSource {
  private static final double LEAST_SECONDS = 0.05;

  private final Procfs files;
  private final LongSupplier nanoTime;
  private @Nullable Reading before;

  /** Used and possible time since some moment, in a unit of its own. */
  private record Reading(boolean ofGroup, double used, double possible) {
    /** Of one processor. The kernel's ticks have been hundredths for all user programs, always. */
    double perSecond() {
      return ofGroup ? 1_000_000 : 100;
    }
  }

  CpuLoad() {
    this(new Procfs(), System::nanoTime);
  }

  CpuLoad(Procfs files, LongSupplier nanoTime) {
    this.files = files;
    this.nanoTime = nanoTime;
    this.before = read();
  }

  @Override
  public double load() {
    Reading now = read();
    Reading then = before;
    if (now == null) {
      var system = ManagementFactory.getOperatingSystemMXBean();
      double load =
          system instanceof com.sun.management.OperatingSystemMXBean known
              ? known.getCpuLoad()
              : -1;
      return load < 0 ? Double.NaN : load;
    }
    if (then == null || then.ofGroup != now.ofGroup) {
      before = now;
      return Double.NaN;
    }
    if (now.possible - then.possible < LEAST_SECONDS * now.perSecond()) {
      return Double.NaN; // a few ticks would tell nothing
    }
    before = now;
    return Math.max(0, (now.used - then.used) / (now.possible - then.possible));
  }

  private @Nullable Reading read() {
    Reading group = ofGroup();
    return group == null ? ofMachine() : group;
  }

  private @Nullable Reading ofGroup() {
    String max = files.groupLine("cpu.max"); // "quota period" in microseconds, or "max period"
    long used = files.groupNumber("cpu.stat", "usage_usec");
    if (max == null || max.startsWith("max") || used < 0) {
      return null;
    }
    String[] words = max.split(" ", -1);
    double processors = Double.parseDouble(words[0]) / Double.parseDouble(words[1]);
    return new Reading(true, used, nanoTime.getAsLong() / 1000.0 * processors);
  }

  private @Nullable Reading ofMachine() {
    String line = files.firstLine("proc/stat");
    if (line == null || !line.startsWith("cpu ")) {
      return null;
    }
    String[] words =
        line.trim().split(" +", -1); // cpu user nice system idle iowait irq softirq steal
    long all = 0;
    long idle = 0;
    for (int i = 1; i < Math.min(words.length, 9); i++) { // guests are part of user
      long ticks = Long.parseLong(words[i]);
      all += ticks;
      idle += i == 4 || i == 5 ? ticks : 0;
    }
    return new Reading(false, all - idle, all);
  }

  @Override
  public String name() {
    return "cpu";
  }
}

package io.jvs.agent;

import java.lang.management.ManagementFactory;

/**
 * Processes that run or want to, per processor, averaged over a minute: {@code /proc/loadavg} of
 * proc(5), or what the JDK knows. The processors are those that the container may use.
 */
final class RunQueue implements LoadSource {
  private final Procfs files;
  private final int processors;

  RunQueue() {
    this(new Procfs(), Runtime.getRuntime().availableProcessors());
  }

  RunQueue(Procfs files, int processors) {
    this.files = files;
    this.processors = processors;
  }

  @Override
  public double load() {
    String line = files.firstLine("proc/loadavg");
    double length =
        line == null
            ? ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage()
            : Double.parseDouble(line.split(" ", -1)[0]);
    return length < 0 ? Double.NaN : length / processors;
  }

  @Override
  public String name() {
    return "run queue";
  }
}

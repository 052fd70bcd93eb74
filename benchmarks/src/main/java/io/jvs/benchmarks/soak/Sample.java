package io.jvs.benchmarks.soak;

import java.util.Locale;

/**
 * The director's process at one moment.
 *
 * @param seconds since the load has its pace
 * @param heap bytes in use after a collection
 * @param direct bytes of buffers outside the heap, and whatever else was taken the same way
 * @param resident bytes
 * @param cpuSeconds of all threads since its start
 * @param done by clients since the load has its pace
 */
record Sample(
    double seconds,
    long heap,
    long direct,
    long resident,
    int descriptors,
    int threads,
    double cpuSeconds,
    long done,
    int failures,
    int reloads) {
  static final String CSV_HEAD =
      "seconds,heap,direct,resident,descriptors,threads,cpu_seconds,done,failures,reloads\n";

  String csv() {
    return String.format(
        Locale.ROOT,
        "%.1f,%d,%d,%d,%d,%d,%.2f,%d,%d,%d%n",
        seconds,
        heap,
        direct,
        resident,
        descriptors,
        threads,
        cpuSeconds,
        done,
        failures,
        reloads);
  }
}

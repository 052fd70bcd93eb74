package io.jvs.benchmarks.proxy;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;

/** What Linux says about processes; proc(5). */
final class ProcessFigures {
  private ProcessFigures() {}

  /**
   * Nanoseconds that the living threads of these processes have been on a processor. Unlike times
   * of day it stays right when other work takes the processor, and unlike times in {@code stat} it
   * is finer than 10 ms.
   */
  static long cpuNanos(Collection<Long> pids) throws IOException {
    long nanos = 0;
    for (long pid : pids) {
      try (DirectoryStream<Path> threads =
          Files.newDirectoryStream(Path.of("/proc/" + pid + "/task"))) {
        for (Path thread : threads) {
          nanos += onProcessor(thread.resolve("schedstat"));
        }
      }
    }
    return nanos;
  }

  private static long onProcessor(Path schedstat) throws IOException {
    try {
      return Long.parseLong(Files.readString(schedstat).split(" ", 2)[0]);
    } catch (NoSuchFileException e) {
      return 0; // a thread that has just ended
    }
  }

  /** Resident memory of these processes, in bytes. */
  static long residentBytes(Collection<Long> pids) throws IOException {
    long bytes = 0;
    for (long pid : pids) {
      bytes +=
          1024
              * Long.parseLong(line("/proc/" + pid + "/status", "VmRSS:").replace("kB", "").trim());
    }
    return bytes;
  }

  /** How many descriptors a process started by this one may have. */
  static long descriptorLimit() throws IOException {
    String[] limits = line("/proc/self/limits", "Max open files").trim().split(" +", -1);
    return limits[1].equals("unlimited") ? Long.MAX_VALUE : Long.parseLong(limits[1]);
  }

  /** The processors this process may use, such as {@code 0-1}. */
  static String processors() throws IOException {
    return line("/proc/self/status", "Cpus_allowed_list:").trim();
  }

  /** The rest of the line that starts so. */
  static String line(String file, String start) throws IOException {
    return Files.readAllLines(Path.of(file)).stream()
        .filter(line -> line.startsWith(start))
        .findFirst()
        .orElseThrow(() -> new IOException(file + " has no line '" + start + "'"))
        .substring(start.length());
  }
}

package io.jvs.benchmarks.soak;

import io.jvs.benchmarks.Jcmd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Figures of a JVM from outside: proc(5), and jcmd, which is asked for a collection first. */
final class ProcessReader {
  /** Serial and G1, as JDK 17 and 25 call their parts. */
  private static final Pattern HEAP =
      Pattern.compile(
          "(?i)(?:def new generation|tenured generation|DefNew|Tenured|garbage-first heap)"
              + "\\s+total \\S+, used (\\d+)K");

  /** What Unsafe and ByteBuffer have allocated is "Other" (JDK-8204128). */
  private static final Pattern DIRECT =
      Pattern.compile("Other \\(reserved=\\d+KB, committed=(\\d+)KB");

  private final long pid;

  ProcessReader(long pid) {
    this.pid = pid;
  }

  long heapAfterCollection() throws IOException, InterruptedException {
    Jcmd.ask(pid, "GC.run");
    Matcher parts = HEAP.matcher(Jcmd.ask(pid, "GC.heap_info"));
    long kilobytes = 0;
    while (parts.find()) {
      kilobytes += Long.parseLong(parts.group(1));
    }
    if (kilobytes == 0) {
      throw new IOException("no heap in the answer of jcmd GC.heap_info");
    }
    return kilobytes * 1024;
  }

  long direct() throws IOException, InterruptedException {
    Matcher other = DIRECT.matcher(Jcmd.ask(pid, "VM.native_memory", "summary"));
    return other.find() ? Long.parseLong(other.group(1)) * 1024 : 0; // nothing: it is left out
  }

  long resident() throws IOException {
    return 1024 * Long.parseLong(status("VmRSS:").replace("kB", "").trim());
  }

  int threads() throws IOException {
    return Integer.parseInt(status("Threads:").trim());
  }

  int descriptors() throws IOException {
    try (Stream<Path> all = Files.list(Path.of("/proc/" + pid + "/fd"))) {
      return (int) all.count();
    }
  }

  double cpuSeconds() throws IOException {
    String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1); // from the third on
    return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / 100.0; // utime, stime
  }

  private String status(String start) throws IOException {
    return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
        .filter(line -> line.startsWith(start))
        .findFirst()
        .orElseThrow(() -> new IOException("process " + pid + " has no " + start))
        .substring(start.length());
  }
}

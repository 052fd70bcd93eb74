package io.jvs.benchmarks.proxy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.temporal.ChronoUnit;

/** Where and when figures were taken. */
final class Machine {
  private Machine() {}

  static String describe() throws IOException {
    return String.format(
        "%s, %d processors (%s usable), Linux %s, JDK %s, TCP congestion control %s, %s UTC, load %s",
        processor(),
        Runtime.getRuntime().availableProcessors(),
        ProcessFigures.processors(),
        System.getProperty("os.version"),
        System.getProperty("java.version"),
        congestionControl(),
        LocalDateTime.now(java.time.ZoneOffset.UTC).truncatedTo(ChronoUnit.MINUTES),
        load());
  }

  /** Over 1, 5 and 15 minutes. */
  static String load() throws IOException {
    String[] figures = Files.readString(Path.of("/proc/loadavg")).split(" ", -1);
    return String.join(" ", figures[0], figures[1], figures[2]);
  }

  private static String congestionControl() throws IOException {
    Path setting = Path.of("/proc/sys/net/ipv4/tcp_congestion_control");
    return Files.isReadable(setting) ? Files.readString(setting).trim() : "unknown";
  }

  private static String processor() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/cpuinfo"))) {
      if (line.startsWith("model name")) {
        return line.substring(line.indexOf(':') + 1).trim();
      }
    }
    return System.getProperty("os.arch");
  }
}

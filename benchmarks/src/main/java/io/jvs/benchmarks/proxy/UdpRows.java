package io.jvs.benchmarks.proxy;

import java.util.List;

/** What is compared of UDP proxies, beside nginx. */
final class UdpRows {
  static final String LOST = "lost";
  static final String DROPPED = "dropped";
  static final String HEAP = "heap";
  static final String FLOOD = "flood";
  static final String FLOOD_MEMORY = "flood memory";

  /** What figures are of, for people. */
  static final String SOURCES =
      """
      JVS is `./jvs run FILE` as users start it, with one loop; a figure of CPU is of all threads of that process, as of the others. "Lost": what the load sent and did not get back.
      "Dropped": `jvs status --json` after and before, all reasons. Resident: growth of VmRSS of the process. "Live heap": growth of what jcmd GC.class_histogram counts in it, after a collection.
      """;

  private UdpRows() {}

  static List<Row> all() {
    return List.of(
        work(UdpWork.REQUESTS, 1.4),
        work(UdpWork.ONE_BY_ONE, Double.NaN),
        work(UdpWork.TRAINS, 2.3),
        work(UdpWork.TRAINS_BOTH_WAYS, Double.NaN),
        work(UdpWork.RATE, Double.NaN),
        row("… p50", Row.P50, "µs", Row.Compared.COST, 1.0),
        row("… p99 (mostly the machine's)", Row.P99, "µs", Row.Compared.COST, Double.NaN),
        row("30,000 requests/s: lost", LOST, "of a million", Row.Compared.VALUE, Double.NaN),
        row("… dropped by the proxy itself", DROPPED, "datagrams", Row.Compared.VALUE, 0),
        row("memory per flow, resident", Row.MEMORY, "bytes", Row.Compared.COST, 1.0),
        row("… live heap", HEAP, "bytes", Row.Compared.VALUE, 1024),
        row("flood: regular clients that are answered", FLOOD, "%", Row.Compared.VALUE, Double.NaN),
        row("… growth of resident memory", FLOOD_MEMORY, "MB", Row.Compared.VALUE, Double.NaN));
  }

  private static Row work(UdpWork work, double bar) {
    return row(work.title(), work.name(), work.unit(), Row.Compared.WORK, bar);
  }

  private static Row row(String title, String key, String unit, Row.Compared compared, double bar) {
    return new Row(title, key, unit, compared, UdpProxies.REFERENCE, bar, bar);
  }
}

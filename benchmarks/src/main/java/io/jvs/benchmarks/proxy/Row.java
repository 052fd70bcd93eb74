package io.jvs.benchmarks.proxy;

import java.util.List;

/**
 * A line of the table and what JVS has to reach in it.
 *
 * @param title what was done
 * @param key under which {@link Readings} has it
 * @param unit of its values
 * @param compared what the ratio says
 * @param reference the proxy beside which it is said
 * @param bar the least or most that will do, of {@code compared}; NaN if nothing was promised
 * @param ringBar the same for engines on io_uring
 */
record Row(
    String title,
    String key,
    String unit,
    Compared compared,
    String reference,
    double bar,
    double ringBar) {

  /** How a value becomes what is held against the bar. */
  enum Compared {
    /** Work per CPU: the reference's value over the proxy's; more is better. */
    WORK,
    /** The proxy's value over the reference's; less is better. */
    COST,
    /** The value as it is; less is better. */
    VALUE
  }

  static final String P50 = "p50";
  static final String P99 = "p99";
  static final String MEMORY = "memory";
  static final String START = "start";
  static final String START_CPU = "start CPU";
  static final String POLICIES = "policies";

  /** Of TCP proxies. */
  static List<Row> tcp() {
    return List.of(
        work(TcpWork.REQUESTS, Proxies.REFERENCE, 1.05, 1.3),
        work(TcpWork.CONNECTS, Proxies.REFERENCE, 1.0, 1.25),
        work(TcpWork.BULK_1, Proxies.REFERENCE, 2.8, 2.8),
        work(TcpWork.BULK_1, Proxies.SPLICING, 1.0, 1.0),
        work(TcpWork.BULK_16, Proxies.REFERENCE, 2.8, 2.8),
        work(TcpWork.BULK_16, Proxies.SPLICING, 1.0, 1.0),
        cost(TcpWork.RATE.title() + ": p50", P50, "µs", 1.0),
        cost("… p99 (mostly the machine's)", P99, "µs", Double.NaN),
        cost("memory per idle connection", MEMORY, "kB", 0.6),
        new Row(
            "start to first proxied byte",
            START,
            "ms",
            Compared.VALUE,
            Proxies.REFERENCE,
            300,
            300),
        new Row(
            "… and CPU until then",
            START_CPU,
            "ms",
            Compared.VALUE,
            Proxies.REFERENCE,
            Double.NaN,
            Double.NaN),
        new Row(
            "a connection with wlc and persistence beside one with rr alone",
            POLICIES,
            "×",
            Compared.VALUE,
            Proxies.REFERENCE,
            1.05,
            1.05));
  }

  private static Row work(Work work, String reference, double bar, double ringBar) {
    return new Row(
        (reference.equals(Proxies.REFERENCE) ? work.title() : "… beside HAProxy with splice"),
        work.name(),
        work.unit(),
        Compared.WORK,
        reference,
        bar,
        ringBar);
  }

  private static Row cost(String title, String key, String unit, double bar) {
    return new Row(title, key, unit, Compared.COST, Proxies.REFERENCE, bar, bar);
  }

  double barOf(String proxy) {
    return proxy.contains("uring") ? ringBar : bar;
  }

  /** By how much the bar is missed; 0 or less if it is met. */
  double missedBy(double reached, double bar) {
    return compared == Compared.WORK ? bar - reached : reached - bar;
  }

  /** The ratios of all rounds, in increasing order; empty if there is nothing to compare with. */
  List<Double> ratios(Readings readings, String proxy) {
    return switch (compared) {
      case WORK -> readings.ratios(key, reference, proxy);
      case COST -> readings.ratios(key, proxy, reference);
      case VALUE -> List.of();
    };
  }

  /** The key of what a work does in a second, for those rows that are about one. */
  static String rateKey(Work work) {
    return work.name() + " rate";
  }
}

package io.jvs.benchmarks.proxy;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Readings as Markdown. */
final class ProxyTable {
  private final Readings readings;
  private final List<Proxy> proxies;
  private final String reference;
  private final List<Row> rows;
  private final List<? extends Work> works;
  private final boolean complete;

  private ProxyTable(
      Readings readings,
      List<Proxy> proxies,
      String reference,
      List<Row> rows,
      List<? extends Work> works,
      boolean complete) {
    this.readings = readings;
    this.proxies = proxies;
    this.reference = reference;
    this.rows = rows;
    this.works = works;
    this.complete = complete;
  }

  /**
   * Of TCP proxies.
   *
   * @param complete false to leave out what was measured with nobody
   */
  static ProxyTable ofTcp(Readings readings, List<Proxy> proxies, boolean complete) {
    return new ProxyTable(
        readings, proxies, Proxies.REFERENCE, Row.tcp(), List.of(TcpWork.values()), complete);
  }

  /** Likewise. */
  static ProxyTable ofUdp(Readings readings, List<Proxy> proxies, boolean complete) {
    return new ProxyTable(
        readings,
        proxies,
        UdpProxies.REFERENCE,
        UdpRows.all(),
        List.of(UdpWork.values()),
        complete);
  }

  /**
   * Medians and median ratios, with the bars; of times and memory also the lowest and highest ratio
   * of a round.
   */
  String costs() {
    StringBuilder table = new StringBuilder("| |");
    proxies.forEach(proxy -> table.append(' ').append(proxy.name()).append(" |"));
    table
        .append(" to reach |\n| --- |")
        .append(" ---: |".repeat(proxies.size()))
        .append(" --- |\n");
    for (Row row : rows) {
      if (!shown(row)) {
        continue;
      }
      table.append("| ").append(row.title());
      table.append(row.reference().equals(reference) ? ", " + row.unit() + " |" : " |");
      proxies.forEach(proxy -> table.append(' ').append(cell(row, proxy.name())).append(" |"));
      table.append(' ').append(verdicts(row)).append(" |\n");
    }
    return table.toString();
  }

  private boolean shown(Row row) {
    return complete || measured(row);
  }

  private boolean measured(Row row) {
    return proxies.stream().anyMatch(p -> !Double.isNaN(readings.median(row.key(), p.name())));
  }

  private String cell(Row row, String proxy) {
    double value = readings.median(row.key(), proxy);
    if (Double.isNaN(value)) {
      return "";
    }
    double ratio = Readings.median(row.ratios(readings, proxy));
    if (!row.reference().equals(reference)) {
      return Double.isNaN(ratio) ? "" : "**" + fixed(ratio) + "**"; // the value has its own row
    }
    List<Double> ratios = row.ratios(readings, proxy);
    boolean spreads =
        row.compared() == Row.Compared.COST && ratios.size() > 1 && !proxy.equals(reference);
    String spread = spreads ? ", " + spread(ratios) : "";
    return number(value) + (ratios.isEmpty() ? "" : " (**" + fixed(ratio) + "**" + spread + ")");
  }

  private String verdicts(Row row) {
    List<String> verdicts = new ArrayList<>();
    for (Proxy proxy : proxies) {
      double bar = row.barOf(proxy.name());
      if (proxy.ours() && !Double.isNaN(bar)) {
        double reached =
            row.compared() == Row.Compared.VALUE
                ? readings.median(row.key(), proxy.name())
                : Readings.median(row.ratios(readings, proxy.name()));
        verdicts.add(verdict(row, proxy.name(), bar, reached));
      }
    }
    return String.join("; ", verdicts);
  }

  private static String verdict(Row row, String proxy, double bar, double reached) {
    double missedBy = row.missedBy(reached, bar);
    String limit = (row.compared() == Row.Compared.WORK ? "≥ " : "≤ ") + number(bar);
    String answer;
    if (Double.isNaN(reached)) {
      answer = "not measured";
    } else {
      answer = missedBy <= 0 ? "**met**" : "**missed by " + number(missedBy) + "**";
    }
    return proxy + " " + limit + ": " + answer;
  }

  /** What was done in a second of the clock, and how far the rounds are apart; or nothing. */
  String rates() {
    if (!complete && works.stream().noneMatch(this::rated)) {
      return "";
    }
    StringBuilder table =
        new StringBuilder("| per second, and lowest to highest ratio of a round |");
    proxies.forEach(proxy -> table.append(' ').append(proxy.name()).append(" |"));
    table.append("\n| --- |").append(" ---: |".repeat(proxies.size())).append('\n');
    for (Row row : rows) {
      if (!row.reference().equals(reference) || !shown(row)) {
        continue;
      }
      for (Work work : works) {
        if (!work.name().equals(row.key())) {
          continue;
        }
        table.append("| ").append(work.title()).append(", ").append(work.counted()).append(" |");
        proxies.forEach(proxy -> table.append(' ').append(spread(row, work, proxy)).append(" |"));
        table.append('\n');
      }
    }
    return table.toString();
  }

  private boolean rated(Work work) {
    return rows.stream().anyMatch(row -> row.key().equals(work.name()) && measured(row));
  }

  private String spread(Row row, Work work, Proxy proxy) {
    double rate = readings.median(Row.rateKey(work), proxy.name());
    if (Double.isNaN(rate)) {
      return "";
    }
    List<Double> ratios = row.ratios(readings, proxy.name());
    return number(rate) + (ratios.isEmpty() ? "" : " (" + spread(ratios) + ")");
  }

  /** Of ratios in increasing order. */
  private static String spread(List<Double> ratios) {
    return fixed(ratios.get(0)) + "–" + fixed(ratios.get(ratios.size() - 1));
  }

  private static String fixed(double ratio) {
    return String.format(Locale.ROOT, "%.2f×", ratio);
  }

  /** With three digits, or all of them before the point. */
  static String number(double value) {
    double size = Math.abs(value);
    String format = size >= 100 ? "%,.0f" : size >= 10 ? "%.1f" : "%.2f";
    return String.format(Locale.ROOT, format, value);
  }
}

package io.jvs.benchmarks;

import io.jvs.benchmarks.Figures.Cost;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Us, the floor and the peers, one line for each kind of choice, pool and number of threads. */
final class ChoiceTable {
  static final int[] THREADS = {1, 2};

  private ChoiceTable() {}

  static String of(Figures figures, List<Contender> columns) {
    StringBuilder out = new StringBuilder("| policy | servers | threads |");
    StringBuilder rule = new StringBuilder("|---|---:|---:|");
    for (Contender column : columns) {
      out.append(' ').append(column.column()).append(" |");
      rule.append("---|");
    }
    out.append('\n').append(rule).append('\n');
    for (Row row : Row.values()) {
      for (int servers : row.sizes()) {
        for (int threads : THREADS) {
          line(out, figures, columns, row, servers, threads);
        }
      }
    }
    return out.toString();
  }

  private static void line(
      StringBuilder out,
      Figures figures,
      List<Contender> columns,
      Row row,
      int servers,
      int threads) {
    if (columns.stream()
        .map(column -> figures.get(column, row, servers, threads))
        .allMatch(Objects::isNull)) {
      return;
    }
    out.append(String.format(Locale.ROOT, "| %s | %,d | %d |", row, servers, threads));
    Cost floor = figures.floor(row, servers, threads);
    for (Contender column : columns) {
      boolean isFloor = column.column().equals(Floors.COLUMN);
      Cost cost = isFloor ? floor : figures.get(column, row, servers, threads);
      out.append(' ').append(cell(cost, isFloor ? null : floor)).append(" |");
    }
    out.append('\n');
  }

  private static String cell(@Nullable Cost cost, @Nullable Cost floor) {
    if (cost == null) {
      return "";
    }
    return nanos(cost.nanos())
        + (floor == null ? "" : ", **" + ratio(cost.nanos() / floor.nanos()) + "**")
        + String.format(Locale.ROOT, ", %,.0f B", cost.bytes());
  }

  private static String nanos(double nanos) {
    return String.format(Locale.ROOT, nanos < 100 ? "%.1f ns" : "%,.0f ns", nanos);
  }

  static String ratio(double ratio) {
    return String.format(Locale.ROOT, ratio < 100 ? "%.1f×" : "%,.0f×", ratio);
  }
}

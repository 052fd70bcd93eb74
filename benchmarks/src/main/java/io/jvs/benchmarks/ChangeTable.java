package io.jvs.benchmarks;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What was measured besides choices: one line for each question, one column for each contender. */
final class ChangeTable {
  private final Map<String, Map<String, Double>> lines = new LinkedHashMap<>();
  private final Map<String, String> units = new HashMap<>();

  /** The answer of one contender to one question. */
  void add(String question, String unit, Contender contender, double value) {
    lines.computeIfAbsent(question, q -> new HashMap<>()).put(contender.column(), value);
    units.put(question, unit);
  }

  @Nullable Double get(String question, Contender contender) {
    return lines.getOrDefault(question, Map.of()).get(contender.column());
  }

  String text(List<Contender> contenders) {
    List<String> columns = new ArrayList<>();
    for (Contender contender : contenders) {
      if (lines.values().stream().anyMatch(line -> line.containsKey(contender.column()))) {
        columns.add(contender.column());
      }
    }
    StringBuilder out = new StringBuilder("| | unit |");
    StringBuilder rule = new StringBuilder("|---|---|");
    for (String column : columns) {
      out.append(' ').append(column).append(" |");
      rule.append("---:|");
    }
    out.append('\n').append(rule).append('\n');
    lines.forEach(
        (question, line) -> {
          out.append("| ").append(question).append(" | ").append(units.get(question)).append(" |");
          for (String column : columns) {
            Double value = line.get(column);
            out.append(' ').append(value == null ? "" : number(value)).append(" |");
          }
          out.append('\n');
        });
    return out.toString();
  }

  static String number(double value) {
    return String.format(
        Locale.ROOT,
        value < 1 ? "%.3f" : value < 10 ? "%.2f" : value < 100 ? "%.1f" : "%,.0f",
        value);
  }
}

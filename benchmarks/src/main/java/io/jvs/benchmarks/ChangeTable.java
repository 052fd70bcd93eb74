package io.jvs.benchmarks;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What was measured besides choices: a line for each question and policy. */
final class ChangeTable {
  private final Map<Question, Map<Row, Map<String, Double>>> lines = new LinkedHashMap<>();

  /** What is asked of several policies. */
  record Question(String text, String unit) {
    @Override
    public String toString() {
      return text;
    }
  }

  /** The answer of one contender. */
  void add(Question question, Row row, Contender contender, double value) {
    lines
        .computeIfAbsent(question, q -> new LinkedHashMap<>())
        .computeIfAbsent(row, r -> new HashMap<>())
        .put(contender.column(), value);
  }

  @Nullable Double get(Question question, Row row, Contender contender) {
    return lines
        .getOrDefault(question, Map.of())
        .getOrDefault(row, Map.of())
        .get(contender.column());
  }

  String text(List<Contender> contenders) {
    List<String> columns = new ArrayList<>();
    for (Contender contender : contenders) {
      String column = contender.column();
      if (lines.values().stream()
          .flatMap(rows -> rows.values().stream())
          .anyMatch(answers -> answers.containsKey(column))) {
        columns.add(column);
      }
    }
    StringBuilder out = new StringBuilder("| | policy | unit |");
    StringBuilder rule = new StringBuilder("|---|---|---|");
    for (String column : columns) {
      out.append(' ').append(column).append(" |");
      rule.append("---:|");
    }
    out.append('\n').append(rule).append('\n');
    lines.forEach(
        (question, rows) ->
            rows.forEach(
                (row, answers) -> {
                  out.append("| ").append(question.text()).append(" | ").append(row.policy());
                  out.append(" | ").append(question.unit()).append(" |");
                  for (String column : columns) {
                    Double value = answers.get(column);
                    out.append(' ').append(value == null ? "" : number(value)).append(" |");
                  }
                  out.append('\n');
                }));
    return out.toString();
  }

  static String number(double value) {
    return String.format(
        Locale.ROOT,
        value < 1 ? "%.3f" : value < 10 ? "%.2f" : value < 100 ? "%.1f" : "%,.0f",
        value);
  }
}

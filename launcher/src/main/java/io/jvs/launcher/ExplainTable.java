package io.jvs.launcher;

import io.jvs.balancing.Explanation;
import io.jvs.launcher.control.ExplainReport;
import java.util.ArrayList;
import java.util.List;

/** An explanation for people. */
final class ExplainTable {
  private ExplainTable() {}

  static String of(ExplainReport report) {
    StringBuilder out = new StringBuilder();
    out.append(report.server()).append(" of ").append(report.service()).append(' ');
    out.append(report.conclusion()).append("; ");
    out.append(report.connections()).append(" connections\n\n");
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("SOURCE", "SAYS", "WEIGHT", "SINCE", "REASON"));
    for (ExplainReport.Step step : report.steps()) {
      rows.add(
          List.of(
              step.source(),
              step.value(),
              Explanation.text(step.weight()),
              step.since(),
              step.reason()));
    }
    append(out, rows);
    if (!report.history().isEmpty()) {
      out.append("\nlatest changes, newest first\n");
      rows.clear();
      for (ExplainReport.Change change : report.history()) {
        rows.add(List.of(change.at(), change.cause(), change.consequence()));
      }
      append(out, rows);
    }
    return out.toString();
  }

  private static void append(StringBuilder out, List<List<String>> rows) {
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder(" ");
      for (int column = 0; column < row.size(); column++) {
        int width = 0;
        for (List<String> other : rows) {
          width = Math.max(width, other.get(column).length());
        }
        String cell = row.get(column);
        line.append(' ').append(cell).append(" ".repeat(width - cell.length() + 1));
      }
      out.append(line.toString().stripTrailing()).append('\n');
    }
  }
}

package io.jvs.launcher;

import java.util.List;
import java.util.Set;

/** Rows of cells as a table: words to the left, numbers to the right. */
final class Columns {
  private Columns() {}

  /**
   * Appends a line for each row.
   *
   * @param words which columns have words
   */
  static void append(StringBuilder out, List<List<String>> rows, Set<Integer> words) {
    int[] widths = new int[rows.get(0).size()];
    for (List<String> row : rows) {
      for (int column = 0; column < row.size(); column++) {
        widths[column] = Math.max(widths[column], row.get(column).length());
      }
    }
    for (List<String> row : rows) {
      for (int column = 0; column < row.size(); column++) {
        String cell = row.get(column);
        String space = " ".repeat(widths[column] - cell.length());
        out.append("  ").append(words.contains(column) ? cell + space : space + cell);
      }
      out.append('\n');
    }
  }
}

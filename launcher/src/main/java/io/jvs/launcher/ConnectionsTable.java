package io.jvs.launcher;

import io.jvs.launcher.control.ConnectionsReport;
import io.jvs.launcher.control.ConnectionsReport.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Connections for people, in the order of {@code ipvsadm -Lc} where it has the same. */
final class ConnectionsTable {
  private static final List<String> HEADINGS =
      List.of(
          "ID", "SERVICE", "PRO", "STATE", "AGE", "IDLE", "CLIENT", "VIRTUAL", "SERVER", "TRIES",
          "IN", "OUT");
  private static final Set<Integer> WORDS = Set.of(0, 1, 2, 3, 6, 7, 8);

  private ConnectionsTable() {}

  static String of(ConnectionsReport report, boolean reset) {
    StringBuilder out = new StringBuilder();
    List<List<String>> rows = new ArrayList<>();
    rows.add(HEADINGS);
    report.connections().forEach(row -> rows.add(cells(row)));
    if (rows.size() > 1) {
      Columns.append(out, rows, WORDS);
    }
    int shown = report.connections().size();
    out.append(report.selected()).append(" of ").append(report.present()).append(" connections");
    if (reset) {
      out.append(report.selected() == 1 ? " is" : " are").append(" reset");
    }
    if (shown < report.selected()) {
      out.append("; ").append(report.selected() - shown);
      out.append(" more are not shown (--limit, or choose by --service, --server, --client)");
    }
    return out.append('\n').toString();
  }

  private static List<String> cells(Row row) {
    return List.of(
        row.id(),
        row.service(),
        row.protocol(),
        row.state(),
        time(row.ageMs()),
        time(row.idleMs()),
        row.client(),
        row.virtualAddress(),
        row.server() == null ? "-" : row.server(),
        Integer.toString(row.attempts()),
        StatusTable.bytes(row.bytesIn()),
        StatusTable.bytes(row.bytesOut()));
  }

  /** {@code 0.3s}, {@code 59s}, {@code 12m05s}, {@code 3h02m}, {@code 5d07h}: two units at most. */
  static String time(@Nullable Long millis) {
    if (millis == null) {
      return "-";
    }
    long seconds = millis / 1000;
    if (seconds < 10) {
      return String.format(Locale.ROOT, "%d.%ds", seconds, millis % 1000 / 100);
    }
    if (seconds < 60) {
      return seconds + "s";
    }
    long minutes = seconds / 60;
    if (minutes < 60) {
      return String.format(Locale.ROOT, "%dm%02ds", minutes, seconds % 60);
    }
    long hours = minutes / 60;
    return hours < 24
        ? String.format(Locale.ROOT, "%dh%02dm", hours, minutes % 60)
        : String.format(Locale.ROOT, "%dd%02dh", hours / 24, hours % 24);
  }
}

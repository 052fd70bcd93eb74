package io.jvs.launcher.control;

import java.util.List;

/**
 * What came of reading the file again.
 *
 * @param at when, as ISO 8601 in UTC
 * @param applied whether the file is in force now; if not, nothing has changed
 * @param problems why it is not, each with its place in the file; empty if it is
 */
public record ReloadReport(String at, boolean applied, List<String> problems) {
  public ReloadReport {
    problems = List.copyOf(problems);
  }
}

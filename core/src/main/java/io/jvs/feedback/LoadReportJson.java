package io.jvs.feedback;

import java.util.HashMap;
import java.util.Map;

/**
 * Reads the little of JSON that a load report is: an object of numbers, and of objects of numbers,
 * whose names are joined by a dot as in the text form.
 */
final class LoadReportJson {
  private final String text;
  private final Map<String, Double> metrics = new HashMap<>();
  private int at;

  LoadReportJson(String text) {
    this.text = text;
  }

  Map<String, Double> metrics() {
    object("");
    skipBlanks();
    if (at < text.length()) {
      throw wrong("the end");
    }
    return metrics;
  }

  private void object(String prefix) {
    expect('{');
    if (found('}')) {
      return;
    }
    do {
      String name = prefix + string();
      expect(':');
      skipBlanks();
      if (at < text.length() && text.charAt(at) == '{' && prefix.isEmpty()) {
        object(name + ".");
      } else {
        LoadReport.put(metrics, name, number());
      }
    } while (found(','));
    expect('}');
  }

  private String string() {
    expect('"');
    int end = text.indexOf('"', at);
    if (end < 0 || text.lastIndexOf('\\', end) >= at) { // no metric has such a name
      throw wrong("a name in quotes, without escapes");
    }
    String string = text.substring(at, end);
    at = end + 1;
    return string;
  }

  private String number() {
    int start = at;
    while (at < text.length() && "+-.0123456789eE".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
    if (start == at) {
      throw wrong("a number");
    }
    return text.substring(start, at);
  }

  private void expect(char c) {
    if (!found(c)) {
      throw wrong("'" + c + "'");
    }
  }

  private boolean found(char c) {
    skipBlanks();
    boolean found = at < text.length() && text.charAt(at) == c;
    at += found ? 1 : 0;
    return found;
  }

  private void skipBlanks() {
    while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }

  private IllegalArgumentException wrong(String expected) {
    return LoadReport.wrong(text.substring(at), expected);
  }
}

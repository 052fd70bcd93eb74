package io.jvs.feedback;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * What a server says about itself in a response: an ORCA load report, as in the header {@value
 * #HEADER}.
 *
 * @param cpuUtilization 0 or more, 1 for all processors; may be more than 1
 * @param applicationUtilization the same by the application's own measure; 0 if it has none
 * @param requestsPerSecond that it serves, 0 if not told
 * @param errorsPerSecond of those, 0 if not told
 * @param named by name: {@code named_metrics.*}, {@code request_cost.*} and {@code utilization.*}
 *     under their whole names, and {@code mem_utilization}
 */
public record LoadReport(
    double cpuUtilization,
    double applicationUtilization,
    double requestsPerSecond,
    double errorsPerSecond,
    Map<String, Double> named) {
  /** The response header's name. */
  public static final String HEADER = "endpoint-load-metrics";

  private static final int MOST_METRICS = 100;

  public LoadReport {
    named = Map.copyOf(named);
  }

  /**
   * Reads the header's value in its text form, {@code TEXT cpu_utilization=0.3, rps_fractional=100,
   * named_metrics.queue=7}; the word {@code TEXT} may be absent. Also in its JSON form, {@code JSON
   * {"cpu_utilization": 0.3, "named_metrics": {"queue": 7}}}.
   *
   * @throws IllegalArgumentException for anything else, and for numbers below 0
   */
  public static LoadReport parse(String header) {
    String text = header.strip();
    Map<String, Double> metrics =
        text.startsWith("JSON")
            ? new LoadReportJson(text.substring("JSON".length())).metrics()
            : pairs(text.startsWith("TEXT") ? text.substring("TEXT".length()) : text);
    return of(metrics);
  }

  private static Map<String, Double> pairs(String text) {
    Map<String, Double> metrics = new HashMap<>();
    for (String pair : text.split(",", -1)) {
      int equals = pair.indexOf('=');
      if (equals < 0 && pair.isBlank()) {
        continue;
      }
      if (equals < 1) {
        throw wrong(pair, "NAME=NUMBER");
      }
      put(metrics, pair.substring(0, equals).strip(), pair.substring(equals + 1).strip());
    }
    return metrics;
  }

  static void put(Map<String, Double> metrics, String name, String number) {
    double value;
    try {
      value = Double.parseDouble(number);
    } catch (NumberFormatException e) {
      throw wrong(name + "=" + number, "a number");
    }
    if (!(value >= 0 && value < Double.POSITIVE_INFINITY)) {
      throw wrong(name + "=" + number, "0 or more");
    }
    metrics.put(name, value);
    if (metrics.size() > MOST_METRICS) {
      throw wrong(name, "at most " + MOST_METRICS + " metrics");
    }
  }

  static IllegalArgumentException wrong(String what, String expected) {
    String shown = what.strip();
    return new IllegalArgumentException(
        "load report '"
            + (shown.length() <= 80 ? shown : shown.substring(0, 80) + "...")
            + "' (expected: "
            + expected
            + ")");
  }

  private static LoadReport of(Map<String, Double> metrics) {
    Map<String, Double> others = new HashMap<>(metrics);
    double cpu = taken(others, "cpu_utilization");
    double application = taken(others, "application_utilization");
    double requests = taken(others, "rps_fractional");
    double whole = taken(others, "rps"); // what the field was before it had a fraction
    return new LoadReport(
        cpu, application, requests > 0 ? requests : whole, taken(others, "eps"), others);
  }

  private static double taken(Map<String, Double> metrics, String name) {
    Double value = metrics.remove(name);
    return value == null ? 0 : value;
  }

  /** The application's own utilization, or that of the processors if it has none. */
  public double utilization() {
    return applicationUtilization > 0 ? applicationUtilization : cpuUtilization;
  }

  /**
   * What the server can take, as gRFC A58 reckons it: requests per second by utilization, where
   * errors count as additional utilization.
   *
   * @param errorPenalty how much an error rate of 1 adds to the utilization, 0 or more; the gRFC's
   *     default is 1
   * @return more than 0, or NaN if the report does not tell enough
   */
  public double weight(double errorPenalty) {
    if (!(errorPenalty >= 0)) {
      throw new IllegalArgumentException(
          "error penalty " + errorPenalty + " (expected: 0 or more)");
    }
    double used = utilization();
    if (!(used > 0) || !(requestsPerSecond > 0)) {
      return Double.NaN;
    }
    double weight = requestsPerSecond / (used + errorsPerSecond / requestsPerSecond * errorPenalty);
    return weight > 0 && weight < Double.POSITIVE_INFINITY ? weight : Double.NaN;
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "utilization %.3f, %.1f requests and %.1f errors per second",
        utilization(),
        requestsPerSecond,
        errorsPerSecond);
  }
}

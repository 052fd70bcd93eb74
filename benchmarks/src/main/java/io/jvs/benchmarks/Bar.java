package io.jvs.benchmarks;

import java.util.ArrayList;
import java.util.List;

/**
 * Something that was promised, and what came of it. It is met if every reading is at most the
 * limit.
 */
final class Bar {
  private final String promise;
  private final double limit;
  private final String unit;
  private final List<Reading> readings = new ArrayList<>();

  Bar(String promise, double limit, String unit) {
    this.promise = promise;
    this.limit = limit;
    this.unit = unit;
  }

  /** One more measurement that has to keep within the limit. */
  void add(String what, double value) {
    readings.add(new Reading(what, value));
  }

  String line() {
    if (readings.isEmpty()) {
      return "| " + promise + " | not measured | |\n";
    }
    Reading worst = readings.get(0);
    int missed = 0;
    for (Reading reading : readings) {
      worst = reading.value() > worst.value() ? reading : worst;
      missed += reading.value() > limit ? 1 : 0;
    }
    String verdict =
        missed == 0
            ? "met"
            : "missed by "
                + amount(worst.value() - limit)
                + (readings.size() == 1 ? "" : ", in " + missed + " of " + readings.size());
    return "| "
        + promise
        + " | "
        + amount(worst.value())
        + ": "
        + worst.what()
        + " | **"
        + verdict
        + "** |\n";
  }

  private String amount(double value) {
    return ChangeTable.number(value) + unit;
  }

  private record Reading(String what, double value) {}
}

package io.jvs.benchmarks.soak;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/** What clients did not get, by kind and cause. Any thread. */
final class Failures {
  private final Map<String, Integer> byCause = new ConcurrentHashMap<>();

  void add(Kind kind, Exception cause) {
    byCause.merge(kind + ": " + cause, 1, Integer::sum);
  }

  int total() {
    return byCause.values().stream().mapToInt(Integer::intValue).sum();
  }

  Map<String, Integer> byCause() {
    return new TreeMap<>(byCause);
  }
}

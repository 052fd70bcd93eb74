package io.jvs.benchmarks.proxy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Measured values by what they are of, who they are of and round. */
final class Readings {
  private final Map<String, Map<String, TreeMap<Integer, Double>>> values = new HashMap<>();

  void add(String what, String proxy, int round, double value) {
    of(what, proxy).put(round, value);
  }

  /** The median, or NaN if there is none. */
  double median(String what, String proxy) {
    return median(new ArrayList<>(of(what, proxy).values()));
  }

  /**
   * One over the other in each round in which both were measured, in increasing order. Rounds are
   * compared with themselves because what else a machine does changes from one to the next.
   */
  List<Double> ratios(String what, String dividend, String divisor) {
    return ratios(of(what, dividend), of(what, divisor));
  }

  private static List<Double> ratios(Map<Integer, Double> over, Map<Integer, Double> under) {
    List<Double> ratios = new ArrayList<>();
    over.forEach(
        (round, value) -> {
          Double other = under.get(round);
          if (other != null) {
            ratios.add(value / other);
          }
        });
    Collections.sort(ratios);
    return ratios;
  }

  /** Of an even number the mean of the two in the middle; NaN of none. */
  static double median(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    int size = sorted.size();
    return size == 0 ? Double.NaN : (sorted.get((size - 1) / 2) + sorted.get(size / 2)) / 2;
  }

  private Map<Integer, Double> of(String what, String proxy) {
    return values
        .computeIfAbsent(what, w -> new HashMap<>())
        .computeIfAbsent(proxy, p -> new TreeMap<>());
  }
}

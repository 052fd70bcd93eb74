package io.jvs.balancing;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** How many connections of one server have failed so far, by fault. Any thread. */
final class FailureCounts {
  private final Map<Fault, LongAdder> counts = new ConcurrentHashMap<>();

  void count(Fault fault) {
    counts.computeIfAbsent(fault, absent -> new LongAdder()).increment();
  }

  /** Those that there have been, in the order of their declaration. */
  Map<Fault, Long> all() {
    Map<Fault, Long> all = new EnumMap<>(Fault.class);
    counts.forEach((fault, count) -> all.put(fault, count.sum()));
    return all;
  }
}

package io.jvs.balancing;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The histograms of one service; one that nobody records into takes no memory. Any thread. */
final class ServiceDurations {
  private static final DurationHistogram NONE = new DurationHistogram(); // stays empty

  private final Map<Timing, DurationHistogram> histograms = new ConcurrentHashMap<>();

  void record(Timing what, long nanos) {
    DurationHistogram present = histograms.get(what);
    if (present == null) {
      present = histograms.computeIfAbsent(what, absent -> new DurationHistogram());
    }
    present.record(nanos);
  }

  DurationHistogram.Snapshot of(Timing what) {
    return histograms.getOrDefault(what, NONE).snapshot();
  }

  /** Those that something was recorded into. */
  Map<Timing, DurationHistogram.Snapshot> all() {
    Map<Timing, DurationHistogram.Snapshot> all = new EnumMap<>(Timing.class);
    histograms.forEach((what, histogram) -> all.put(what, histogram.snapshot()));
    return all;
  }
}

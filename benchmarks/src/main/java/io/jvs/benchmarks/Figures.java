package io.jvs.benchmarks;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;

/** What {@link ChoiceBenchmark} measured, by subject, servers and threads. */
final class Figures {
  private final Map<Cell, Cost> costs = new HashMap<>();

  void add(RunResult result) {
    Result<?> allocated = result.getSecondaryResults().get("gc.alloc.rate.norm");
    add(
        result.getParams().getParam("subject"),
        Integer.parseInt(result.getParams().getParam("servers")),
        result.getParams().getThreads(),
        new Cost(
            result.getPrimaryResult().getStatistics().getMin(),
            allocated == null ? Double.NaN : allocated.getScore()));
  }

  void add(String subject, int servers, int threads, Cost cost) {
    costs.put(new Cell(subject, servers, threads), cost);
  }

  @Nullable Cost get(Contender contender, Row row, int servers, int threads) {
    return get(Contenders.subject(contender, row), servers, threads);
  }

  @Nullable Cost get(String subject, int servers, int threads) {
    return costs.get(new Cell(subject, servers, threads));
  }

  /** The hand-written one beside this row. */
  @Nullable Cost floor(Row row, int servers, int threads) {
    return get(Floors.COLUMN + "/" + row.floor().name(), servers, threads);
  }

  /**
   * Of one operation.
   *
   * @param nanos the best iteration: what disturbs a measurement only ever makes it longer
   * @param bytes allocated, on average
   */
  record Cost(double nanos, double bytes) {}

  private record Cell(String subject, int servers, int threads) {}
}

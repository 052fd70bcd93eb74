package io.jvs.benchmarks;

import io.jvs.benchmarks.ChangeTable.Question;
import io.jvs.benchmarks.Figures.Cost;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What JVS promises of its speed, and whether this run kept it. Of several readings, the worst. */
final class Bars {
  private final Figures figures;
  private final ChangeTable changes;
  private final List<Bar> bars = new ArrayList<>();

  private Bars(Figures figures, ChangeTable changes) {
    this.figures = figures;
    this.changes = changes;
  }

  static String of(Figures figures, ChangeTable changes) {
    Bars bars = new Bars(figures, changes);
    bars.choices();
    bars.changes();
    StringBuilder out = new StringBuilder("| promise | worst reading | |\n|---|---|---|\n");
    bars.bars.forEach(bar -> out.append(bar.line()));
    return out.toString();
  }

  private void choices() {
    Bar roundRobin = bar("round robin at most 1.5× its floor", 1.5, "×");
    Bar weighted = bar("weighted round robin at most 2.5× the floor of round robin", 2.5, "×");
    Bar flat =
        bar("weighted round robin at most 1.5× dearer at 10,000 servers than at 10", 1.5, "×");
    Bar twoChoices = bar("p2c with finish at most 1.5× its floor", 1.5, "×");
    Bar latency = bar("ewma with finish at most 100 ns at 100 servers", 100, " ns");
    Bar latencyRatio = bar("… or at most 7× the floor of p2c", 7, "×");
    Bar exact = bar("lc, wlc, sed, nq at most 200 ns at 10,000 servers", 200, " ns");
    Bar together = bar("… and there with 2 threads at most 2× of one", 2, "×");
    Bar keyed = bar("sh, mh at most 40 ns", 40, " ns");
    Bar persistent = bar("persistent hit at most 100 ns at 1,000,000 templates", 100, " ns");
    Bar noObject = bar("0 B without a Connection", 0, " B");
    Bar object = bar("at most 48 B with a Connection", 48, " B");
    for (Row row : Row.values()) {
      for (int servers : row.sizes()) {
        for (int threads : ChoiceTable.THREADS) {
          Cost cost = ours(row, servers, threads);
          if (cost != null) {
            String what = what(row, servers, threads);
            Cost floor = figures.floor(row, servers, threads);
            double ratio = floor == null ? Double.NaN : cost.nanos() / floor.nanos();
            switch (row) {
              case RR, RR_COUNTED -> roundRobin.add(what, ratio);
              case WRR, WRR_COUNTED, SWRR, SWRR_COUNTED -> {
                weighted.add(what, ratio);
                Cost few = ours(row, 10, threads);
                if (servers == 10_000 && few != null) {
                  flat.add(what, cost.nanos() / few.nanos());
                }
              }
              case P2C -> twoChoices.add(what, ratio);
              case EWMA -> {
                latencyRatio.add(what, ratio);
                if (servers == 100) {
                  latency.add(what, cost.nanos());
                }
              }
              case LC, WLC, SED, NQ -> {
                Cost alone = ours(row, servers, 1);
                if (servers == 10_000) {
                  exact.add(what, cost.nanos());
                  if (threads == 2 && alone != null) {
                    together.add(what, cost.nanos() / alone.nanos());
                  }
                }
              }
              case MH, SH -> keyed.add(what, cost.nanos());
              case PERSISTENT -> persistent.add(what, cost.nanos());
              case RANDOM -> {}
            }
          }
          for (Jvs way : Jvs.values()) {
            Cost each = figures.get(way, row, servers, threads);
            if (each != null) {
              (way == Jvs.CONNECTION ? object : noObject)
                  .add(what(row, servers, threads), Math.rint(each.bytes()));
            }
          }
        }
      }
    }
  }

  private void changes() {
    Bar replace = bar("replacing 1 of 10,000 servers at most 500 µs", 500, " µs");
    Bar flip = bar("a health flip of 1 of 10,000 servers at most 10 µs", 10, " µs");
    Bar bringUp = bar("10,000 servers brought up in at most 100 ms", 100, " ms");
    Bar smooth = bar("swrr at most 1 choice from the fair share", 1, "");
    Bar fair = bar("p2c, ewma: most used of 10 at concurrency 1 at most 0.12", 0.12, "");
    for (Row row : Row.values()) {
      add(replace, Changes.REPLACE, row);
      add(flip, Changes.FLIP, row);
      add(bringUp, Changes.BRING_UP, row);
      add(bringUp, Changes.MARK_UP, row);
      if (row == Row.SWRR) { // wrr strays as far as the kernel's does
        add(smooth, Changes.DEVIATION, row);
      }
      if (row == Row.P2C || row == Row.EWMA) {
        add(fair, Changes.SHARE, row);
      }
    }
  }

  private Bar bar(String promise, double limit, String unit) {
    Bar bar = new Bar(promise, limit, unit);
    bars.add(bar);
    return bar;
  }

  private void add(Bar bar, Question question, Row row) {
    for (Jvs way : Jvs.values()) {
      Double value = changes.get(question, row, way);
      if (value != null) {
        bar.add(row.policy() + ", " + question, value);
      }
    }
  }

  /** Of the ways to make this choice, the one that costs least. */
  private @Nullable Cost ours(Row row, int servers, int threads) {
    List<Cost> ways = new ArrayList<>();
    for (Jvs way : Jvs.values()) {
      Cost cost = figures.get(way, row, servers, threads);
      if (cost != null) {
        ways.add(cost);
      }
    }
    return ways.stream().min(Comparator.comparingDouble(Cost::nanos)).orElse(null);
  }

  private static String what(Row row, int servers, int threads) {
    return String.format(
        Locale.ROOT,
        "%s, %,d servers, %d thread%s",
        row,
        servers,
        threads,
        threads == 1 ? "" : "s");
  }
}

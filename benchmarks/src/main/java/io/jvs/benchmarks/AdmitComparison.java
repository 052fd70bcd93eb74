package io.jvs.benchmarks;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * Runs {@link AdmitBenchmark} for every policy and every floor with one and two threads, and prints
 * a table in Markdown: nanoseconds, how many times the floor that is, bytes. About 7 minutes, or 3
 * with {@code --quick}.
 */
public final class AdmitComparison {
  private static final List<String> ORDER =
      List.of("random", "counter", "rr", "wrr", "scan", "lc", "wlc");
  private static final int[] SIZES = {10, 100, 10_000};
  private static final int[] THREADS = {1, 2};

  private AdmitComparison() {}

  /** The command. */
  public static void main(String[] args) throws RunnerException {
    boolean quick = Arrays.equals(args, new String[] {"--quick"});
    if (!quick && args.length > 0) {
      System.err.println("unknown: " + String.join(" ", args) + " (expected: nothing or --quick)");
      System.exit(2);
    }
    Map<Cell, Figures> figures = new HashMap<>();
    for (int threads : THREADS) {
      for (RunResult result : run(threads, quick)) {
        String subject = result.getParams().getParam("subject");
        int servers = Integer.parseInt(result.getParams().getParam("servers"));
        figures.put(new Cell(subject, servers, threads), Figures.of(result));
      }
    }
    System.out.println(table(figures));
  }

  private static Collection<RunResult> run(int threads, boolean quick) throws RunnerException {
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .include(AdmitBenchmark.class.getName() + "\\..*")
            .addProfiler(GCProfiler.class)
            .threads(threads);
    if (quick) {
      options
          .warmupIterations(2)
          .warmupTime(TimeValue.milliseconds(500))
          .measurementIterations(3)
          .measurementTime(TimeValue.milliseconds(500));
    }
    return new Runner(options.build()).run();
  }

  static String table(Map<Cell, Figures> figures) {
    StringBuilder out = new StringBuilder("| | floor |");
    StringBuilder rule = new StringBuilder("|---|---|");
    for (int threads : THREADS) {
      for (int size : SIZES) {
        out.append(String.format(Locale.ROOT, " %,d servers, %d× |", size, threads));
        rule.append("---|");
      }
    }
    out.append(" B/op |\n").append(rule).append("---|\n");
    for (String subject : ORDER) {
      String floor = Subject.FLOORS.getOrDefault(subject, "");
      out.append("| ").append(subject).append(" | ").append(floor).append(" |");
      List<String> bytes = new ArrayList<>();
      for (int threads : THREADS) {
        for (int size : SIZES) {
          Figures own = figures.get(new Cell(subject, size, threads));
          out.append(' ').append(cell(own, figures.get(new Cell(floor, size, threads))));
          out.append(" |");
          if (own != null && threads == 1) {
            bytes.add(String.format(Locale.ROOT, "%.0f", own.bytes()));
          }
        }
      }
      out.append(' ').append(String.join(" / ", bytes)).append(" |\n");
    }
    return out.toString();
  }

  private static String cell(@Nullable Figures own, @Nullable Figures floor) {
    if (own == null) {
      return "?";
    }
    String nanos =
        String.format(Locale.ROOT, own.nanos() < 100 ? "%.1f ns" : "%,.0f ns", own.nanos());
    return floor == null
        ? nanos
        : nanos + String.format(Locale.ROOT, ", **%.1f×**", own.nanos() / floor.nanos());
  }

  /** What was measured. */
  record Cell(String subject, int servers, int threads) {}

  /**
   * Per operation.
   *
   * @param nanos the best iteration: what disturbs a measurement only ever makes it longer
   * @param bytes allocated
   */
  record Figures(double nanos, double bytes) {
    static Figures of(RunResult result) {
      Result<?> allocated = result.getSecondaryResults().get("gc.alloc.rate.norm");
      return new Figures(
          result.getPrimaryResult().getStatistics().getMin(),
          allocated == null ? Double.NaN : allocated.getScore());
    }
  }
}

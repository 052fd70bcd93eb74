package io.jvs.benchmarks;

import io.jvs.balancing.Connection;
import io.jvs.balancing.LoadBalancer;
import io.jvs.model.Flow;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the table of choices cannot show: the cost of change and of standing still, and how evenly
 * policies spread. All on the calling thread. Times are medians, after as many calls unmeasured.
 */
final class Changes {
  static final String REPLACE = "replace 1 of 10,000: ";
  static final String REPLACE_ALL = "the same, new list made too: ";
  static final String FLIP = "health flip of 1 of 10,000: ";
  static final String BRING_UP = "10,000 servers from nothing: ";
  static final String MARK_UP = "10,000 servers marked up one by one: ";
  static final String SERVER = "memory per server: ";
  static final String TEMPLATE = "memory per template";
  static final String DEVIATION = "largest deviation from the fair share: ";
  static final String SHARE = "share of the most used of 10, one at a time: ";

  private static final Set<Row> CHANGING =
      EnumSet.of(Row.RR, Row.WRR, Row.SWRR, Row.P2C, Row.EWMA, Row.LC, Row.WLC, Row.SED, Row.NQ);
  private static final Set<Row> SMOOTH = EnumSet.of(Row.WRR, Row.SWRR);
  private static final Set<Row> FAIR = EnumSet.of(Row.P2C, Row.EWMA, Row.LC);

  private final ChangeTable table = new ChangeTable();
  private final int servers;
  private final int clients;
  private final long budgetNanos;

  /**
   * Prepares the measurements.
   *
   * @param servers in each pool; the questions say 10,000
   * @param clients that each get a template
   * @param millis to spend on each measurement, about; at least twice is measured
   */
  Changes(int servers, int clients, long millis) {
    this.servers = servers;
    this.clients = clients;
    this.budgetNanos = millis * 1_000_000;
  }

  ChangeTable measure(List<Contender> contenders) {
    for (Contender contender : contenders) {
      for (Row row : CHANGING) {
        Row offered = counted(row);
        if (contender.rows().contains(row) || contender.rows().contains(offered)) {
          changes(contender, contender.rows().contains(row) ? row : offered, row);
        }
      }
    }
    templates();
    for (Contender contender : contenders) {
      for (Row row : contender.rows()) {
        Row kind = uncounted(row);
        if (SMOOTH.contains(kind)) {
          table.add(DEVIATION + kind, "picks", contender, deviation(contender.create(row, 10)));
        } else if (FAIR.contains(kind)) {
          table.add(SHARE + kind, "", contender, mostUsed(contender.create(row, 10)));
        }
      }
    }
    return table;
  }

  /** A director always counts, so our policies stand in the counted rows. */
  private static Row counted(Row row) {
    return switch (row) {
      case RR -> Row.RR_COUNTED;
      case WRR -> Row.WRR_COUNTED;
      case SWRR -> Row.SWRR_COUNTED;
      default -> row;
    };
  }

  private static Row uncounted(Row row) {
    return switch (row) {
      case RR_COUNTED -> Row.RR;
      case WRR_COUNTED -> Row.WRR;
      case SWRR_COUNTED -> Row.SWRR;
      default -> row;
    };
  }

  private void changes(Contender contender, Row row, Row kind) {
    Pool pool = contender.pool(row, servers);
    if (pool == null) {
      return;
    }
    IntConsumer nothing = place -> {};
    table.add(REPLACE + kind, "µs", contender, micros(pool::prepare, place -> pool.replace()));
    table.add(
        REPLACE_ALL + kind,
        "µs",
        contender,
        micros(
            nothing,
            place -> {
              pool.prepare(place);
              pool.replace();
            }));
    if (pool.flips()) {
      table.add(FLIP + kind, "µs", contender, micros(nothing, pool::flip) / 2); // out and in
    }
    table.add(
        BRING_UP + kind,
        "ms",
        contender,
        micros(nothing, place -> keep(contender.pool(row, servers))) / 1000);
    if (pool instanceof JvsPool ours) {
      table.add(
          MARK_UP + kind,
          "ms",
          contender,
          micros(place -> allDown(ours), place -> allUp(ours)) / 1000);
    }
    table.add(SERVER + kind, "B", contender, bytes(() -> contender.pool(row, servers)) / servers);
  }

  private void allDown(JvsPool pool) {
    for (int i = 0; i < servers; i++) {
      pool.down(i);
    }
  }

  private void allUp(JvsPool pool) {
    for (int i = 0; i < servers; i++) {
      pool.up(i);
    }
  }

  private void templates() {
    Flow[] flows = Clients.flows(clients);
    double bytes =
        bytes(
            () -> {
              LoadBalancer balancer = Jvs.balancer(Row.PERSISTENT, 100);
              for (Flow client : flows) {
                ((Connection) balancer.admit(client)).close();
              }
              return balancer;
            });
    table.add(TEMPLATE, "B", Jvs.CONNECTION, bytes / clients);
  }

  private double micros(IntConsumer before, IntConsumer measured) {
    List<Long> nanos = new ArrayList<>();
    run(before, measured, nanos);
    nanos.clear();
    run(before, measured, nanos);
    Collections.sort(nanos);
    return nanos.get(nanos.size() / 2) / 1000.0;
  }

  private void run(IntConsumer before, IntConsumer measured, List<Long> nanos) {
    long begin = System.nanoTime();
    for (int turn = 0; turn < 2 || System.nanoTime() - begin < budgetNanos / 2; turn++) {
      int place = turn % servers;
      before.accept(place);
      long start = System.nanoTime();
      measured.accept(place);
      nanos.add(System.nanoTime() - start);
    }
  }

  /** What more is in the heap, all garbage collected. */
  private double bytes(Supplier<@Nullable Object> making) {
    keep(making.get()); // classes and caches are there before the first look
    keep(null);
    long before = heap();
    keep(making.get());
    long after = heap();
    keep(null);
    return Math.max(0, after - before);
  }

  private static long heap() {
    Runtime runtime = Runtime.getRuntime();
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    return runtime.totalMemory() - runtime.freeMemory();
  }

  @SuppressWarnings("unused") // so that neither compiler nor collector takes it away
  private volatile @Nullable Object kept;

  private void keep(@Nullable Object object) {
    kept = object;
  }

  /** Over 15,000 choices: how far any server was from what its weight gives it, at any moment. */
  private static double deviation(Subject subject) {
    int[] chosen = new int[10];
    int weights = 0;
    for (int i = 0; i < chosen.length; i++) {
      weights += Row.WRR.weight(i);
    }
    double largest = 0;
    for (int turn = 1; turn <= 15_000; turn++) {
      chosen[subject.serve(Flow.any())]++;
      for (int i = 0; i < chosen.length; i++) {
        double fair = (double) turn * Row.WRR.weight(i) / weights;
        largest = Math.max(largest, Math.abs(chosen[i] - fair));
      }
    }
    return largest;
  }

  /** The servers of these rows weigh the same, so 0.1 is fair. */
  private static double mostUsed(Subject subject) {
    int[] chosen = new int[10];
    int turns = 30_000;
    for (int turn = 0; turn < turns; turn++) {
      chosen[subject.serve(Flow.any())]++;
    }
    int most = 0;
    for (int count : chosen) {
      most = Math.max(most, count);
    }
    return (double) most / turns;
  }
}

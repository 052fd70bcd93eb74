package io.jvs.benchmarks;

import io.jvs.balancing.Connection;
import io.jvs.balancing.LoadBalancer;
import io.jvs.benchmarks.ChangeTable.Question;
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
 * policies spread. All on the calling thread. Times are medians, after as many calls unmeasured
 * unless one takes a second.
 */
final class Changes {
  static final Question REPLACE = new Question("replace 1 of 10,000 servers", "µs");
  static final Question REPLACE_ALL = new Question("… and make the new list", "µs");
  static final Question FLIP = new Question("health flip of 1 of 10,000", "µs");
  static final Question BRING_UP = new Question("10,000 servers from nothing", "ms");
  static final Question MARK_UP = new Question("10,000 servers marked up one by one", "ms");
  static final Question SERVER = new Question("memory per server", "B");
  static final Question TEMPLATE = new Question("memory per template", "B");
  static final Question DEVIATION =
      new Question("largest deviation from the fair share in 15,000", "choices");
  static final Question SHARE = new Question("share of the most used of 10, one at a time", "of 1");

  private static final long SLOW_NANOS = 1_000_000_000;
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
   * @param millis to spend on each measurement, about; what takes longer is done once
   */
  Changes(int servers, int clients, long millis) {
    this.servers = servers;
    this.clients = clients;
    this.budgetNanos = millis * 1_000_000;
  }

  ChangeTable measure(List<Contender> contenders) {
    for (Row row : CHANGING) {
      for (Contender contender : contenders) {
        if (contender.pools().contains(row)) {
          changes(contender, row);
        }
      }
    }
    templates();
    for (Contender contender : contenders) {
      for (Row row : contender.rows()) {
        Row kind = uncounted(row);
        if (SMOOTH.contains(kind)) {
          table.add(DEVIATION, kind, contender, deviation(contender.create(row, 10)));
        } else if (FAIR.contains(kind)) {
          table.add(SHARE, kind, contender, mostUsed(contender.create(row, 10)));
        }
      }
    }
    return table;
  }

  /** Counting changes nothing in how a policy spreads. */
  private static Row uncounted(Row row) {
    return switch (row) {
      case RR_COUNTED -> Row.RR;
      case WRR_COUNTED -> Row.WRR;
      case SWRR_COUNTED -> Row.SWRR;
      default -> row;
    };
  }

  private void changes(Contender contender, Row row) {
    System.err.println("changes of " + contender.column() + " " + row);
    Pool pool = contender.pool(row, servers);
    IntConsumer nothing = place -> {};
    IntConsumer replace = place -> pool.replace();
    table.add(REPLACE, row, contender, micros(pool::prepare, replace));
    IntConsumer prepareAndReplace =
        place -> {
          pool.prepare(place);
          pool.replace();
        };
    table.add(REPLACE_ALL, row, contender, micros(nothing, prepareAndReplace));
    if (pool.flips()) {
      table.add(FLIP, row, contender, micros(nothing, pool::flip) / 2); // out and in
    }
    IntConsumer make = place -> keep(contender.pool(row, servers));
    table.add(BRING_UP, row, contender, micros(nothing, make) / 1000);
    if (pool instanceof JvsPool ours) {
      table.add(
          MARK_UP, row, contender, micros(place -> allDown(ours), place -> allUp(ours)) / 1000);
    }
    contender.pool(row, 10); // classes and caches are there before the heap is looked at
    table.add(SERVER, row, contender, bytes(() -> contender.pool(row, servers)) / servers);
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
    table.add(TEMPLATE, Row.PERSISTENT, Jvs.CONNECTION, bytes / clients);
  }

  private double micros(IntConsumer before, IntConsumer measured) {
    List<Long> nanos = new ArrayList<>();
    run(before, measured, nanos);
    if (nanos.get(0) < SLOW_NANOS) {
      nanos.clear();
      run(before, measured, nanos);
    }
    Collections.sort(nanos);
    return nanos.get(nanos.size() / 2) / 1000.0;
  }

  private void run(IntConsumer before, IntConsumer measured, List<Long> nanos) {
    long begin = System.nanoTime();
    for (int turn = 0; turn == 0 || System.nanoTime() - begin < budgetNanos / 2; turn++) {
      int place = turn % servers;
      before.accept(place);
      long start = System.nanoTime();
      measured.accept(place);
      nanos.add(System.nanoTime() - start);
    }
  }

  /** What more is in the heap, all garbage collected. */
  private double bytes(Supplier<@Nullable Object> making) {
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

package io.jvs.scheduling;

import io.jvs.balancing.FakeTicker;
import io.jvs.model.Flow;
import io.jvs.model.RealServer;
import io.jvs.scheduling.ListUpdate.Added;
import io.jvs.scheduling.ListUpdate.Edited;
import io.jvs.scheduling.ListUpdate.Removed;
import io.jvs.scheduling.Scheduler.ResponseAware;
import io.jvs.scheduling.Scheduler.Selector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** A server list under one scheduler, edited as with ipvsadm; servers are named by letters. */
final class ServerTable {
  private final FakeTicker ticker = new FakeTicker();
  private final Setup setup =
      new Setup(Set.of(), ticker, new Random(1), KernelCompatibility.LINUX_6_1);
  private Scheduler scheduler;
  private Selector selector;
  private View view = new View(List.of());

  ServerTable(Scheduler scheduler) {
    this.scheduler = scheduler;
    this.selector = scheduler.prepare(view, setup);
  }

  /** One server, with counts that the test sets. */
  static final class Row {
    final String name;
    int weight;
    int active;
    int inactive;
    long bytesFromClients;
    boolean overloaded;
    boolean excluded;

    Row(String name, int weight) {
      this.name = name;
      this.weight = weight;
    }

    Row copy() {
      Row copy = new Row(name, weight);
      copy.active = active;
      copy.inactive = inactive;
      copy.bytesFromClients = bytesFromClients;
      copy.overloaded = overloaded;
      copy.excluded = excluded;
      return copy;
    }
  }

  ServerTable add(String name, int weight) {
    List<Row> rows = view.copy();
    rows.add(0, new Row(name, weight));
    change(rows, new Added(weight));
    return this;
  }

  ServerTable edit(String name, int weight) {
    List<Row> rows = view.copy();
    int index = view.indexOf(name);
    rows.get(index).weight = weight;
    change(rows, new Edited(index, weight));
    return this;
  }

  ServerTable remove(String name) {
    List<Row> rows = view.copy();
    int index = view.indexOf(name);
    rows.remove(index);
    change(rows, new Removed(index));
    return this;
  }

  ServerTable bind(Scheduler other) {
    scheduler = other;
    selector = other.prepare(view, setup);
    return this;
  }

  /** Time goes by. */
  ServerTable after(long millis) {
    ticker.advance(Duration.ofMillis(millis));
    return this;
  }

  /** To set counts and marks; list and weight are changed by the methods above. */
  Row row(String name) {
    return view.rows.get(view.indexOf(name));
  }

  ServerView view() {
    return view;
  }

  /** A connection to the server has ended after this time. */
  void responded(String name, long millis, boolean failed) {
    ((ResponseAware) selector)
        .responded(
            view,
            view.indexOf(name),
            Duration.ofMillis(millis).toNanos(),
            ticker.nanoTime(),
            failed);
  }

  /** The name of the next choice, or {@code -}. */
  String pick() {
    int chosen = selector.select(view, Flow.any());
    return chosen == Selector.NONE ? "-" : view.rows.get(chosen).name;
  }

  /** The next choices, separated by blanks. */
  String picks(int count) {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      names.add(pick());
    }
    return String.join(" ", names);
  }

  private void change(List<Row> rows, ListUpdate.Step step) {
    View after = new View(rows);
    selector = scheduler.update(selector, new ListUpdate(view, List.of(step), after), setup);
    view = after;
  }

  private record View(List<Row> rows) implements ServerView {
    List<Row> copy() {
      List<Row> copies = new ArrayList<>();
      rows.forEach(row -> copies.add(row.copy()));
      return copies;
    }

    int indexOf(String name) {
      for (int i = 0; i < rows.size(); i++) {
        if (rows.get(i).name.equals(name)) {
          return i;
        }
      }
      throw new AssertionError("no server " + name);
    }

    @Override
    public int size() {
      return rows.size();
    }

    @Override
    public RealServer server(int index) {
      return RealServer.of("127.0.0.1:" + (1 + index)).withWeight(rows.get(index).weight);
    }

    @Override
    public int weight(int index) {
      return rows.get(index).weight;
    }

    @Override
    public int active(int index) {
      return rows.get(index).active;
    }

    @Override
    public int inactive(int index) {
      return rows.get(index).inactive;
    }

    @Override
    public int overhead(int index) {
      return KernelCompatibility.LINUX_6_1.overhead(active(index), inactive(index));
    }

    @Override
    public boolean overloaded(int index) {
      return rows.get(index).overloaded;
    }

    @Override
    public boolean excluded(int index) {
      return rows.get(index).excluded;
    }

    @Override
    public long bytesFromClients(int index) {
      return rows.get(index).bytesFromClients;
    }
  }
}

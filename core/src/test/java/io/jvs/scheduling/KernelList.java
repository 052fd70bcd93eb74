package io.jvs.scheduling;

import io.jvs.balancing.FakeTicker;
import io.jvs.model.Flow;
import io.jvs.model.RealServer;
import io.jvs.model.SchedulerSpec;
import io.jvs.model.SocketAddresses;
import io.jvs.scheduling.ListUpdate.Added;
import io.jvs.scheduling.ListUpdate.Edited;
import io.jvs.scheduling.ListUpdate.Removed;
import io.jvs.scheduling.Scheduler.LoadAware;
import io.jvs.scheduling.Scheduler.Selector;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * A server list with addresses under one scheduler, edited as with ipvsadm. Each change is
 * published at once, or several {@link #together}.
 */
final class KernelList {
  final FakeTicker ticker = new FakeTicker();
  private final Scheduler scheduler;
  private final KernelCompatibility compatibility;
  private final Setup setup;
  private Selector selector;
  private View view;
  private final List<Row> rows = new ArrayList<>();
  private final List<ListUpdate.Step> steps = new ArrayList<>();
  private boolean together;

  KernelList(Scheduler scheduler, KernelCompatibility compatibility, String... flags) {
    this.scheduler = scheduler;
    this.compatibility = compatibility;
    this.setup = new Setup(Set.of(flags), ticker, new Random(1), compatibility);
    this.view = new View(List.of(), compatibility);
    this.selector = scheduler.prepare(view, setup);
  }

  /** A built-in scheduler, by the rules of 6.1. */
  static KernelList of(String scheduler, String... flags) {
    return new KernelList(
        Schedulers.builtIn().find(SchedulerSpec.of(scheduler, flags)),
        KernelCompatibility.LINUX_6_1,
        flags);
  }

  /** One server. Counts and marks are set by the test, which then says {@link #touched}. */
  static final class Row {
    final InetSocketAddress address;
    int weight;
    int active;
    int inactive;
    boolean overloaded;
    boolean excluded;

    Row(InetSocketAddress address, int weight) {
      this.address = address;
      this.weight = weight;
    }

    Row counts(int newActive, int newInactive) {
      active = newActive;
      inactive = newInactive;
      return this;
    }

    @Override
    public String toString() {
      return SocketAddresses.format(address)
          + (" w" + weight + " " + active + "/" + inactive)
          + (overloaded ? " over" : "")
          + (excluded ? " excluded" : "");
    }
  }

  /** Adds a server at the head, as the kernel does. */
  Row add(String address, int weight) {
    return add(new Row(SocketAddresses.parse(address), weight), weight);
  }

  /** Adds one that may have been listed before; its counts come with it. */
  Row add(Row row, int weight) {
    row.weight = weight;
    rows.add(0, row);
    steps.add(new Added(weight));
    publish();
    return row;
  }

  void edit(Row row, int weight) {
    row.weight = weight;
    steps.add(new Edited(rows.indexOf(row), weight));
    publish();
  }

  void remove(Row row) {
    steps.add(new Removed(rows.indexOf(row)));
    rows.remove(row);
    publish();
  }

  /** Publishes all changes that are made in there as one. */
  void together(Runnable changes) {
    together = true;
    changes.run();
    together = false;
    publish();
  }

  private void publish() {
    if (together || steps.isEmpty()) {
      return;
    }
    View after = new View(rows, compatibility);
    selector = scheduler.update(selector, new ListUpdate(view, steps, after), setup);
    view = after;
    steps.clear();
  }

  /** As when another scheduler is replaced by this one. */
  void bindAgain() {
    selector = scheduler.prepare(view, setup);
  }

  /** Tells the selector what tests have done to counts or marks. */
  void touched(Row row) {
    int index = rows.indexOf(row);
    if (index >= 0 && selector instanceof LoadAware aware) {
      aware.loadChanged(view, index);
    }
  }

  /** Newest first. */
  List<Row> rows() {
    return rows;
  }

  ServerView view() {
    return view;
  }

  Selector selector() {
    return selector;
  }

  /** The index of the choice, or NONE. */
  int pick(Flow flow) {
    return selector.select(view, flow);
  }

  /** A TCP connection from that client to 192.0.2.10 or 2001:db8:a::10. */
  static Flow from(String client, int port) {
    InetSocketAddress from = new InetSocketAddress(SocketAddresses.parseIp(client), port);
    String to = client.indexOf(':') < 0 ? "192.0.2.10:80" : "[2001:db8:a::10]:80";
    return Flow.tcp(from, SocketAddresses.parse(to));
  }

  /** A TCP connection to that destination. */
  static Flow to(String destination) {
    String from = destination.indexOf(':') < 0 ? "198.51.100.7:40000" : "[2001:db8:c::7]:40000";
    return Flow.tcp(
        SocketAddresses.parse(from),
        new InetSocketAddress(SocketAddresses.parseIp(destination), 80));
  }

  /** What a selector sees: weights as they were when it was published, counts as they are. */
  private static final class View implements ServerView {
    private final Row[] rows;
    private final int[] weights;
    private final KernelCompatibility compatibility;

    View(List<Row> rows, KernelCompatibility compatibility) {
      this.rows = rows.toArray(new Row[0]);
      this.weights = rows.stream().mapToInt(row -> row.weight).toArray();
      this.compatibility = compatibility;
    }

    @Override
    public int size() {
      return rows.length;
    }

    @Override
    public RealServer server(int index) {
      return RealServer.of(rows[index].address).withWeight(weights[index]);
    }

    @Override
    public int weight(int index) {
      return weights[index];
    }

    @Override
    public int active(int index) {
      return rows[index].active;
    }

    @Override
    public int inactive(int index) {
      return rows[index].inactive;
    }

    @Override
    public int overhead(int index) {
      return compatibility.overhead(rows[index].active, rows[index].inactive);
    }

    @Override
    public boolean overloaded(int index) {
      return rows[index].overloaded;
    }

    @Override
    public boolean excluded(int index) {
      return rows[index].excluded;
    }

    @Override
    public long bytesFromClients(int index) {
      return 0;
    }
  }
}

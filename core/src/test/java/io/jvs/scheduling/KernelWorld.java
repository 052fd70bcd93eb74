package io.jvs.scheduling;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.model.Flow;
import io.jvs.model.SchedulerSpec;
import io.jvs.scheduling.KernelList.Row;
import io.jvs.scheduling.KernelModel.Ask;
import io.jvs.scheduling.Scheduler.Selector;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A service, its operator and its clients: what happens to a scheduler and to its model alike. */
final class KernelWorld {
  private final Random random;
  private final int size;
  private final boolean ipv6;
  private final KernelList list;
  private final KernelModel model;
  private final boolean tables;
  private final String name;
  private final List<Row> removed = new ArrayList<>();

  /**
   * Back again by a change of this moment, and so not to leave in the same: nobody could know whose
   * steps those were.
   */
  private final Set<Row> returned = new HashSet<>();

  private final List<Held> connections = new ArrayList<>();
  private final int weights; // the kind of weights that servers get
  private final boolean huge; // counts that wrap
  private int destinations = 30;
  private int calm; // how seldom time takes a leap; 0: often
  private int added;
  private long nanos;

  /** A connection that counts on a server. */
  private record Held(Row row, boolean active) {}

  /** The world of that scheduler, with about so many servers; all else is drawn by the seed. */
  KernelWorld(String scheduler, long seed, int size) {
    this.random = new Random(seed);
    this.size = size;
    this.ipv6 = random.nextBoolean();
    this.weights = random.nextInt(4);
    this.huge = random.nextInt(4) == 0;
    KernelCompatibility kernel =
        random.nextBoolean() ? KernelCompatibility.LINUX_6_1 : KernelCompatibility.NEWEST;
    Set<String> flags = new HashSet<>();
    Scheduler tested = Schedulers.builtIn().find(SchedulerSpec.of(scheduler));
    for (String flag : tested.flags().stream().sorted().toList()) {
      if (flag.startsWith(scheduler + "-") && random.nextBoolean()) {
        flags.add(flag);
      }
    }
    this.list = new KernelList(tested, kernel, flags.toArray(new String[0]));
    this.tables = tested.hearsOfExclusion();
    this.model = KernelModel.of(scheduler, flags, kernel);
    this.name = scheduler + " " + flags + " " + kernel + " seed " + seed;
    if (random.nextBoolean()) { // else they come one by one
      list.together(
          () -> {
            while (list.rows().size() < size) {
              add();
            }
          });
    }
  }

  /**
   * With far more destinations, and time that mostly creeps, so that they come to be remembered.
   */
  KernelWorld withDestinations(int number) {
    destinations = number;
    calm = 1 + random.nextInt(40);
    return this;
  }

  void play(int steps) {
    for (int step = 0; step < steps; step++) {
      String event = happen();
      compare(step, event);
    }
  }

  private void compare(int step, String event) {
    Ask ask = ask();
    Row expected = model.pick(list.rows(), ask);
    int index = list.pick(ask.flow());
    Row chosen = index == Selector.NONE ? null : list.rows().get(index);
    if (chosen != expected) {
      assertThat(chosen)
          .as("%s: step %d, after %s: %s of %s", name, step, event, ask.flow(), list.rows())
          .isSameAs(expected);
    }
    if (chosen != null && random.nextBoolean()) {
      open(chosen);
    }
  }

  private String happen() {
    int kind = random.nextInt(100);
    if (kind < 30) {
      return moveOn();
    } else if (kind < 60) {
      return close();
    } else if (kind < 70) {
      return mark();
    } else if (kind < 85) {
      returned.clear();
      return changeList();
    } else if (kind < 88) {
      int changes = 2 + random.nextInt(5);
      returned.clear();
      list.together(
          () -> {
            for (int i = 0; i < changes; i++) {
              changeList();
            }
          });
      return changes + " changes at once";
    } else if (kind < 90 && huge) {
      return count();
    }
    return pass();
  }

  private void open(Row row) {
    boolean active = random.nextInt(4) > 0;
    count(row, active ? 1 : 0, active ? 0 : 1);
    connections.add(new Held(row, active));
  }

  private String moveOn() {
    if (connections.isEmpty()) {
      return "nothing";
    }
    int index = random.nextInt(connections.size());
    Held held = connections.get(index);
    if (held.active) {
      count(held.row, -1, 1);
      connections.set(index, new Held(held.row, false));
    }
    return "a connection of " + held.row + " moved on";
  }

  private String close() {
    // More than one, so that a list of any length has idle servers at times.
    for (int i = random.nextInt(3); i >= 0 && !connections.isEmpty(); i--) {
      Held held = connections.remove(random.nextInt(connections.size()));
      count(held.row, held.active ? -1 : 0, held.active ? 0 : -1);
    }
    return "some connections closed";
  }

  private void count(Row row, int active, int inactive) {
    row.active += active;
    row.inactive += inactive;
    list.touched(row);
  }

  /** Up to where 256 per active connection has wrapped many times. */
  private String count() {
    Row row = any(list.rows());
    if (row == null) {
      return "nothing";
    }
    connections.removeIf(held -> held.row == row);
    row.counts(random.nextInt(1 << (1 + random.nextInt(29))), random.nextInt(1 << 30));
    list.touched(row);
    return row + " counts anew";
  }

  private String mark() {
    Row row = any(list.rows());
    if (row == null) {
      return "nothing";
    }
    boolean set = random.nextInt(4) == 0;
    if (random.nextBoolean()) {
      row.overloaded = set;
    } else {
      row.excluded = set;
      if (tables) { // as the load balancer does: tables are made for those that are not down
        list.edit(row, row.weight);
        model.edited(list.rows(), row);
      }
    }
    list.touched(row);
    return row + " was marked";
  }

  private String changeList() {
    int present = list.rows().size();
    boolean grow = random.nextInt(2 * size + 2) >= present;
    int kind = random.nextInt(3);
    Row row = any(list.rows());
    if (kind == 0 && row != null) {
      list.edit(row, weight());
      model.edited(list.rows(), row);
      return row + " was edited";
    } else if (grow) {
      return add();
    } else if (row != null && !returned.contains(row)) {
      int index = list.rows().indexOf(row);
      list.remove(row);
      removed.add(row);
      model.removed(list.rows(), row, index);
      return row + " was removed";
    }
    return "nothing";
  }

  private String add() {
    Row row = random.nextBoolean() ? any(removed) : null;
    if (row == null) {
      row = new Row(address(), 0);
    }
    if (removed.remove(row)) {
      returned.add(row);
    }
    list.add(row, weight());
    model.added(list.rows(), row);
    return row + " was added";
  }

  private String pass() {
    int kind = random.nextInt(20);
    long time;
    if (calm > 0) {
      time =
          random.nextInt(100 * calm) == 0
              ? random.nextInt(300) * 1_000_000_000L
              : random.nextInt(20_000_000);
    } else if (kind > 4) {
      time = random.nextInt(20_000_000);
    } else if (kind > 1) {
      time = random.nextInt(100) * 1_000_000_000L;
    } else if (kind > 0) {
      time = random.nextInt(100) * 60_000_000_000L;
    } else {
      time = random.nextInt(100) * 3_600_000_000_000L;
    }
    list.ticker.advance(Duration.ofNanos(time));
    nanos += time;
    model.time(nanos);
    return time / 1_000_000 + " ms";
  }

  private @Nullable Row any(List<Row> rows) {
    return rows.isEmpty() ? null : rows.get(random.nextInt(rows.size()));
  }

  private int weight() {
    if (random.nextInt(8) == 0) {
      return 0;
    }
    return switch (weights) {
      case 0 -> 1;
      case 1 -> 1 + random.nextInt(5);
      case 2 -> 10 * (1 + random.nextInt(10));
      default -> 1 + random.nextInt(1 << (1 + random.nextInt(16))) % 65_535;
    };
  }

  private InetSocketAddress address() {
    added++;
    return new InetSocketAddress(ip(0x0a09, added / 3), 80 + added % 3);
  }

  private Ask ask() {
    InetAddress client = ip(0xc612, random.nextInt(1000));
    InetAddress destination = ip(0x0a07, random.nextInt(destinations));
    int port = random.nextInt(65_536);
    Flow flow =
        Flow.tcp(new InetSocketAddress(client, port), new InetSocketAddress(destination, 80));
    return new Ask(client, port, destination, flow);
  }

  /** Of the family of the service, in that network. */
  private InetAddress ip(int network, int number) {
    byte[] bytes = new byte[ipv6 ? 16 : 4];
    bytes[0] = (byte) (network >> 8);
    bytes[1] = (byte) network;
    bytes[bytes.length - 2] = (byte) (number >> 8);
    bytes[bytes.length - 1] = (byte) number;
    if (ipv6) {
      bytes[5] = (byte) (number * 37);
      bytes[9] = (byte) (number * 11);
    }
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new AssertionError("4 or 16 bytes are an address", e);
    }
  }
}

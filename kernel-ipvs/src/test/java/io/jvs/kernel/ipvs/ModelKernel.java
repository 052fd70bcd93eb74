package io.jvs.kernel.ipvs;

import io.jvs.model.AddressFamily;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A table that answers as the kernel does (ip_vs_genl_set_cmd), errors included, and remembers what
 * it was asked to do. Connections are what a test says. Any thread.
 */
final class ModelKernel implements IpvsTable {
  private static final List<String> SCHEDULERS =
      List.of(
          "rr", "wrr", "lc", "wlc", "sed", "nq", "fo", "ovf", "sh", "dh", "mh", "lblc", "lblcr",
          "none");

  private static final class Service {
    private IpvsService definition;
    private final List<InetSocketAddress> newestFirst = new ArrayList<>();
    private final Map<InetSocketAddress, DestinationRow> rows = new LinkedHashMap<>();

    Service(IpvsService definition) {
      this.definition = definition;
    }
  }

  private final Map<ServiceKey, Service> services = new LinkedHashMap<>();
  private final List<SyncDaemon> daemons = new ArrayList<>();
  private final List<IpvsCommand> asked = new ArrayList<>();
  private IpvsTimeouts timeouts = new IpvsTimeouts(900, 120, 300);
  private @Nullable String gone;
  private @Nullable Runnable before;
  private @Nullable InetSocketAddress refused;
  private int opened;
  private int closed;

  /** A table source; fails while the kernel is {@link #gone}. */
  synchronized IpvsTable open() throws IOException {
    reach();
    opened++;
    return this;
  }

  /** From now on nothing answers; null for again. */
  synchronized void gone(@Nullable String reason) {
    gone = reason;
  }

  /** What somebody else does just before the next commands are carried out. */
  synchronized void before(Runnable once) {
    before = once;
  }

  /** From now on EINVAL for additions of this destination; null for none. */
  synchronized void refuse(@Nullable InetSocketAddress destination) {
    refused = destination;
  }

  /** What has been asked since the last time, and forgets it. */
  synchronized List<IpvsCommand> asked() {
    List<IpvsCommand> copy = List.copyOf(asked);
    asked.clear();
    return copy;
  }

  /** What somebody else does; must succeed. */
  synchronized void somebody(IpvsCommand... commands) {
    for (IpvsCommand each : commands) {
      int errno = carryOut(each);
      if (errno != 0) {
        throw new AssertionError(each + ": errno " + errno);
      }
    }
    notifyAll();
  }

  /** So many connections from now on. */
  synchronized void connections(
      ServiceKey key, InetSocketAddress destination, long active, long inactive, Traffic traffic) {
    Service service = Objects.requireNonNull(services.get(key), key + " is not there");
    DestinationRow row = Objects.requireNonNull(service.rows.get(destination));
    service.rows.put(
        destination, new DestinationRow(row.destination(), active, inactive, 0, traffic));
  }

  /** Waits until it is so, and fails after ten seconds. */
  synchronized void await(String what, BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (!condition.getAsBoolean()) {
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        throw new AssertionError("waited for: " + what + "; table " + text());
      }
      TimeUnit.NANOSECONDS.timedWait(this, Math.min(left, 5_000_000));
    }
  }

  /** One line a row, in the kernel's order. */
  synchronized String text() {
    StringBuilder out = new StringBuilder();
    for (Service each : services.values()) {
      out.append(each.definition.key()).append(' ').append(each.definition.scheduler());
      out.append(
          each.definition.flags() == 0 ? "" : " 0x" + Integer.toHexString(each.definition.flags()));
      for (InetSocketAddress address : each.newestFirst) {
        IpvsDestination row = Objects.requireNonNull(each.rows.get(address)).destination();
        out.append(' ')
            .append(address.getAddress().getHostAddress())
            .append('=')
            .append(row.weight());
      }
      out.append('\n');
    }
    return out.toString();
  }

  synchronized int opened() {
    return opened;
  }

  synchronized boolean isClosed() {
    return opened == closed;
  }

  @Override
  public synchronized IpvsInfo info() throws IOException {
    reach();
    return new IpvsInfo(0x010201, 4096);
  }

  @Override
  public synchronized List<ServiceRow> services() throws IOException {
    reach();
    return services.values().stream()
        .map(each -> new ServiceRow(each.definition, Traffic.NONE))
        .toList();
  }

  @Override
  public synchronized @Nullable ServiceRow service(ServiceKey key) throws IOException {
    reach();
    Service found = services.get(key);
    return found == null ? null : new ServiceRow(found.definition, Traffic.NONE);
  }

  @Override
  public synchronized List<DestinationRow> destinations(ServiceKey service) throws IOException {
    reach();
    Service found = services.get(service);
    List<DestinationRow> rows = new ArrayList<>();
    if (found != null) {
      for (InetSocketAddress each : found.newestFirst) {
        rows.add(Objects.requireNonNull(found.rows.get(each)));
      }
    }
    return rows;
  }

  @Override
  public synchronized IpvsTimeouts timeouts() throws IOException {
    reach();
    return timeouts;
  }

  @Override
  public synchronized List<SyncDaemon> daemons() throws IOException {
    reach();
    return List.copyOf(daemons);
  }

  @Override
  @SuppressWarnings("NullAway") // javac 17 does not read the interface's annotation from its class
  public synchronized List<@Nullable IpvsException> execute(List<? extends IpvsCommand> commands)
      throws IOException {
    reach();
    Runnable other = before;
    if (other != null) {
      before = null;
      other.run();
    }
    List<@Nullable IpvsException> answers = new ArrayList<>();
    for (IpvsCommand command : commands) {
      asked.add(command);
      int errno = carryOut(command);
      answers.add(errno == 0 ? null : new IpvsException(errno, "errno " + errno));
    }
    notifyAll();
    return answers;
  }

  @Override
  public synchronized void close() {
    closed++;
  }

  private void reach() throws IOException {
    if (gone != null) {
      throw new IOException(gone);
    }
  }

  private int carryOut(IpvsCommand command) {
    if (command instanceof IpvsCommand.AddService add) {
      return addService(add.service());
    } else if (command instanceof IpvsCommand.EditService edit) {
      Service known = services.get(edit.service().key());
      int errno = known == null ? 3 : check(edit.service());
      if (errno == 0 && known != null) {
        known.definition = edit.service();
      }
      return errno;
    } else if (command instanceof IpvsCommand.DeleteService delete) {
      return services.remove(delete.service()) == null ? 3 : 0;
    } else if (command instanceof IpvsCommand.AddDestination add) {
      return destination(add.service(), add.destination(), true);
    } else if (command instanceof IpvsCommand.EditDestination edit) {
      return destination(edit.service(), edit.destination(), false);
    } else if (command instanceof IpvsCommand.DeleteDestination delete) {
      Service known = services.get(delete.service());
      if (known == null) {
        return 3;
      }
      known.newestFirst.remove(delete.destination());
      return known.rows.remove(delete.destination()) == null ? 2 : 0;
    } else if (command instanceof IpvsCommand.Flush) {
      services.clear();
      return 0;
    } else if (command instanceof IpvsCommand.SetTimeouts set) {
      timeouts = set.timeouts();
      return 0;
    } else if (command instanceof IpvsCommand.StartDaemon start) {
      if (daemons.stream().anyMatch(each -> each.role() == start.daemon().role())) {
        return 17;
      }
      daemons.add(start.daemon());
      return 0;
    } else if (command instanceof IpvsCommand.StopDaemon stop) {
      return daemons.removeIf(each -> each.role() == stop.role()) ? 0 : 3;
    }
    throw new AssertionError(command + " is not for a test");
  }

  private int addService(IpvsService service) {
    if (services.containsKey(service.key())) {
      return 17;
    }
    int errno = check(service);
    if (errno == 0) {
      services.put(service.key(), new Service(service));
    }
    return errno;
  }

  private static int check(IpvsService service) {
    boolean v6 = service.key().family() == AddressFamily.IPV6;
    if (v6 && (service.netmask() < 1 || service.netmask() > 128)) {
      return 22;
    }
    return SCHEDULERS.contains(service.scheduler()) ? 0 : 2;
  }

  private int destination(ServiceKey key, IpvsDestination wish, boolean adds) {
    Service service = services.get(key);
    if (service == null) {
      return 3;
    }
    boolean known = service.rows.containsKey(wish.address());
    boolean mixed = AddressFamily.of(wish.ip()) != key.family();
    if (wish.weight() < 0 || wish.lower() > wish.upper()) {
      return 34;
    }
    if ((mixed && wish.method() != IpvsDestination.TUNNEL)
        || (wish.tunnelType() == IpvsDestination.GUE && wish.tunnelPort() == 0)
        || wish.ip().isMulticastAddress()) {
      return 22;
    }
    if (adds && wish.address().equals(refused)) {
      return 22;
    }
    if (adds == known) {
      return adds ? 17 : 2;
    }
    DestinationRow was = service.rows.get(wish.address());
    service.rows.put(
        wish.address(),
        was == null
            ? new DestinationRow(wish, 0, 0, 0, Traffic.NONE)
            : new DestinationRow(wish, was.active(), was.inactive(), 0, was.traffic()));
    if (adds) {
      service.newestFirst.add(0, wish.address());
    }
    return 0;
  }
}

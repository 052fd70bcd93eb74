package io.jvs.kernel.ipvs;

import io.jvs.balancing.LoadBalancer;
import io.jvs.kernel.ipvs.OwnTable.Refused;
import io.jvs.model.Ticker;
import io.jvs.model.VirtualService;
import io.jvs.transport.Transport.Assignment;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the kernel's table as the services are that are assigned: at once when that changes, and at
 * each {@link #poll} what somebody else, or the end of connections, has changed. All of it on one
 * thread.
 */
final class Reconciler {
  /**
   * @param takesAll whether services that are not assigned are ours too, to be deleted
   * @param mends whether drift is put right
   * @param drainNanos how long a server may have connections before it is deleted with them
   */
  record Settings(
      IpvsTransport.TableSource tables,
      boolean takesAll,
      boolean mends,
      long drainNanos,
      List<SyncDaemon> sync,
      Ticker ticker,
      Consumer<IpvsEvent> events) {}

  private final Settings settings;
  private final DrainBook drains;
  private final DriftWatch drifts;
  private final CounterFeed counters = new CounterFeed();
  private final Map<ServiceKey, LoadBalancer> carriers = new LinkedHashMap<>();
  private final Set<ServiceKey> leaving = new HashSet<>();
  private List<Assignment> assignments = List.of();
  private @Nullable IpvsTable table;
  private @Nullable OwnTable own;
  private @Nullable Daemons daemons;
  private @Nullable String trouble; // why the kernel cannot be asked
  private @Nullable String rejection; // what was said last
  private long stepsBefore;
  private long rejected;

  Reconciler(Settings settings) {
    this.settings = settings;
    this.drains = new DrainBook(settings.drainNanos(), settings.events());
    this.drifts = new DriftWatch(settings.mends(), settings.events());
  }

  /**
   * Carries these services and no others.
   *
   * @throws Refused if the kernel refuses a step; then all is as before
   * @throws IOException if the kernel cannot be asked
   */
  void apply(List<Assignment> desired) throws IOException, Refused {
    OwnTable mine = open();
    List<Assignment> assignmentsBefore = assignments;
    Set<ServiceKey> leavingBefore = new HashSet<>(leaving);
    Map<ServiceKey, LoadBalancer> carriersBefore = new LinkedHashMap<>(carriers);
    for (Assignment each : assignments) {
      leaving.addAll(Translation.keys(each.service()));
    }
    for (Assignment each : desired) {
      for (ServiceKey key : Translation.keys(each.service())) {
        leaving.remove(key);
        carriers.put(key, each.balancer());
      }
    }
    assignments = List.copyOf(desired);
    Map<ServiceKey, ServiceRows> before = Map.of();
    try {
      List<IpvsSnapshot.Entry> present = read(mine);
      before = mine.copy();
      for (IpvsSnapshot.Entry entry : present) {
        if (!carriersBefore.containsKey(entry.service().service().key())) {
          counters.adopt(entry);
        }
      }
      converge(mine, true);
      daemons().ensure(timeouts());
    } catch (Refused e) {
      rejected++;
      assignments = assignmentsBefore;
      Set<ServiceKey> attempted = new HashSet<>(carriers.keySet());
      restore(mine, before, attempted, e);
      leaving.clear();
      leaving.addAll(leavingBefore);
      carriers.clear();
      carriers.putAll(carriersBefore);
      throw e;
    } catch (IOException e) {
      assignments = assignmentsBefore;
      leaving.clear();
      leaving.addAll(leavingBefore);
      carriers.clear();
      carriers.putAll(carriersBefore);
      lost(e, !assignments.isEmpty()); // else the caller is told, and nothing is kept trying
      throw e;
    }
    tidy(mine);
  }

  /** Steps back to what was; the table is read again, so it does not matter how far it went. */
  private static void restore(
      OwnTable mine,
      Map<ServiceKey, ServiceRows> before,
      Set<ServiceKey> attempted,
      Refused because) {
    try {
      mine.read();
      mine.converge(
          known -> before.values(),
          key -> attempted.contains(key) && !before.containsKey(key),
          false);
    } catch (IOException | Refused e) {
      because.addSuppressed(e);
    }
  }

  /** Brings the table to where these services stand now; trouble is told, and tried again later. */
  void sync(Collection<LoadBalancer> changed) {
    OwnTable mine = own;
    if (mine == null) {
      return; // the next poll opens it
    }
    drains.now(settings.ticker().nanoTime());
    List<ServiceWish> wishes = new ArrayList<>();
    for (Assignment each : assignments) {
      if (changed.contains(each.balancer())) {
        wishes.add(wish(each));
      }
    }
    attempt(
        () ->
            mine.converge(
                known -> Target.of(wishes, Set.of(), known, drains), key -> false, false));
  }

  /**
   * Ends the connections of a server as far as the kernel can: one that is leaving goes at once.
   */
  void cut(LoadBalancer balancer, InetSocketAddress server) {
    carriers.forEach(
        (key, carrier) -> {
          if (carrier == balancer) {
            drains.end(key, server);
          }
        });
    OwnTable mine = own;
    if (mine != null) {
      attempt(() -> converge(mine, false));
    }
  }

  /** Reads what the kernel has counted, mends what has drifted, and lets go what has drained. */
  void poll() {
    attempt(
        () -> {
          OwnTable mine = open();
          long now = settings.ticker().nanoTime();
          drains.now(now);
          List<IpvsSnapshot.Entry> entries = mine.look();
          addForeign(entries);
          counters.feed(entries, carriers);
          drains(mine, entries);
          drift(mine, entries, now);
          converge(mine, false);
          daemons().ensure(timeouts());
          tidy(mine);
        });
  }

  /** Brings the table to where the services are whose weights move without a word. */
  void pollRamps() {
    List<LoadBalancer> ramping = new ArrayList<>();
    for (Assignment each : assignments) {
      if (each.service().slowStart() != null) {
        ramping.add(each.balancer());
      }
    }
    if (!ramping.isEmpty()) {
      sync(ramping);
    }
  }

  /** Lets nothing new in; services are deleted by polls when their connections have ended. */
  void dismiss() {
    for (Assignment each : assignments) {
      leaving.addAll(Translation.keys(each.service()));
    }
    assignments = List.of();
    poll();
  }

  /** Deletes what is still leaving, with its connections. */
  void endDrains() {
    drains.endAll();
    OwnTable mine = own;
    if (mine != null) {
      attempt(() -> converge(mine, false));
    }
  }

  /** Weight 0 for all, which stays so when JVS is gone. */
  void quiesce() {
    OwnTable mine = own;
    if (mine != null) {
      attempt(
          () ->
              mine.converge(
                  known -> known.values().stream().map(Reconciler::quiesced).toList(),
                  key -> false,
                  false));
    }
  }

  private static ServiceRows quiesced(ServiceRows rows) {
    Map<InetSocketAddress, IpvsDestination> destinations = new LinkedHashMap<>();
    rows.destinations().forEach((address, each) -> destinations.put(address, each.withWeight(0)));
    return new ServiceRows(rows.service(), destinations);
  }

  /**
   * Asks the kernel nothing more.
   *
   * @param takesBack whether what all services share is put back too
   */
  void close(boolean takesBack) {
    if (takesBack && daemons != null) {
      Daemons ours = daemons;
      attempt(ours::takeBack);
    }
    counters.end();
    closeTable();
  }

  IpvsStatus status() {
    int destinations = 0;
    long steps = stepsBefore;
    int services = 0;
    if (own != null) {
      steps += own.steps();
      services = own.known().size();
      for (ServiceRows rows : own.known().values()) {
        destinations += rows.destinations().size();
      }
    }
    return new IpvsStatus(
        trouble, services, destinations, drains.size(), steps, rejected, drifts.mended());
  }

  private void converge(OwnTable mine, boolean whole) throws IOException, Refused {
    drains.now(settings.ticker().nanoTime());
    List<ServiceWish> wishes = new ArrayList<>();
    for (Assignment each : assignments) {
      wishes.add(wish(each));
    }
    mine.converge(
        known -> {
          drains.begin();
          return Target.of(wishes, leaving, known, drains);
        },
        leaving::contains,
        whole);
    drains.forgetOthers();
  }

  private static ServiceWish wish(Assignment assignment) {
    LoadBalancer balancer = assignment.balancer();
    return ServiceWish.of(assignment.service(), balancer.status())
        .withLimits(balancer.control().otherLimits());
  }

  private void drains(OwnTable mine, List<IpvsSnapshot.Entry> entries) {
    for (IpvsSnapshot.Entry entry : entries) {
      ServiceKey key = entry.service().service().key();
      ServiceRows rows = mine.known().get(key);
      for (DestinationRow row : entry.destinations()) {
        IpvsDestination known =
            rows == null ? null : rows.destinations().get(row.destination().address());
        drains.saw(key, row, known != null && known.weight() == 0);
      }
    }
  }

  private void drift(OwnTable mine, List<IpvsSnapshot.Entry> entries, long now) {
    Map<ServiceKey, ServiceRows> present = ServiceRows.of(new IpvsSnapshot(entries));
    for (ServiceKey key : new ArrayList<>(mine.known().keySet())) {
      List<String> drift = Drift.between(mine.known().get(key), present.get(key));
      if (leaving.contains(key) && !drift.isEmpty()) {
        mine.accept(key, present.get(key)); // nobody's wish any more
      } else if (drifts.isToMend(key, drift, now)) {
        mine.accept(key, present.get(key));
      }
    }
  }

  private List<IpvsSnapshot.Entry> read(OwnTable mine) throws IOException {
    List<IpvsSnapshot.Entry> entries = mine.read();
    addForeign(entries);
    return entries;
  }

  /** With all of the table ours, services that nobody assigned leave. */
  private void addForeign(List<IpvsSnapshot.Entry> entries) {
    if (!settings.takesAll()) {
      return;
    }
    Set<ServiceKey> assigned = new HashSet<>();
    for (Assignment each : assignments) {
      assigned.addAll(Translation.keys(each.service()));
    }
    for (IpvsSnapshot.Entry entry : entries) {
      ServiceKey key = entry.service().service().key();
      if (!assigned.contains(key) && leaving.add(key) && own != null) {
        own.accept(key, ServiceRows.of(entry));
      }
    }
  }

  /** Forgets services that are gone. */
  private void tidy(OwnTable mine) {
    for (ServiceKey key : List.copyOf(leaving)) {
      if (!mine.known().containsKey(key)) {
        leaving.remove(key);
        carriers.remove(key);
        counters.forget(key);
        drifts.forget(key);
      }
    }
    rejection = null;
  }

  private boolean isOurs(ServiceKey key) {
    return settings.takesAll() || carriers.containsKey(key) || leaving.contains(key);
  }

  private @Nullable IpvsTimeouts timeouts() {
    List<VirtualService> services = assignments.stream().map(Assignment::service).toList();
    return SharedSettings.timeouts(services);
  }

  private OwnTable open() throws IOException {
    if (own != null) {
      return own;
    }
    IpvsTable opened = settings.tables().open();
    table = opened;
    OwnTable mine = new OwnTable(opened, this::isOurs);
    daemons = daemons == null ? new Daemons(settings.sync(), opened) : daemons.on(opened);
    try {
      mine.read();
    } catch (IOException e) {
      closeTable();
      throw e;
    }
    own = mine;
    if (trouble != null) {
      trouble = null;
      settings.events().accept(new IpvsEvent.Reachable());
    }
    return mine;
  }

  private Daemons daemons() {
    return Objects.requireNonNull(daemons, "made with the table");
  }

  /** Something that asks the kernel. */
  @FunctionalInterface
  private interface Question {
    void ask() throws IOException, Refused;
  }

  private void attempt(Question question) {
    try {
      question.ask();
    } catch (Refused e) {
      rejected++;
      String said = e.subject() + ": " + e.reason();
      if (!said.equals(rejection)) {
        rejection = said;
        settings.events().accept(new IpvsEvent.Rejected(e.subject(), e.reason()));
      }
    } catch (IOException e) {
      lost(e, true);
    }
  }

  private void lost(IOException e, boolean tell) {
    closeTable();
    String reason = String.valueOf(e.getMessage());
    if (trouble == null && tell) {
      settings.events().accept(new IpvsEvent.Unreachable(reason));
    }
    trouble = reason;
  }

  private void closeTable() {
    if (own != null) {
      stepsBefore += own.steps();
    }
    if (table != null) {
      table.close();
    }
    table = null;
    own = null;
  }
}

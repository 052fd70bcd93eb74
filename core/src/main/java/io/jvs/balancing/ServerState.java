package io.jvs.balancing;

import io.jvs.balancing.AdminOrder.Kind;
import io.jvs.balancing.Standing.Since;
import io.jvs.balancing.WeightPipeline.Circumstances;
import io.jvs.balancing.WeightPipeline.Effect;
import io.jvs.model.ConnectionLimits;
import io.jvs.model.Failover;
import io.jvs.model.Failover.WhenDown;
import io.jvs.model.RealServer;
import io.jvs.scheduling.KernelCompatibility;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * What is known about one server of one service at run time. It outlives generations, so counts
 * never start anew when a list changes; a removed server keeps it while connections refer to it,
 * and gets it back when it returns in time (the kernel's trash).
 *
 * <p>Definition, verdict and removal are written by the control side alone; counts by any thread.
 */
final class ServerState {
  private static final AtomicIntegerFieldUpdater<ServerState> INDEX =
      AtomicIntegerFieldUpdater.newUpdater(ServerState.class, "index");

  /** How many changes are kept for people. */
  private static final int MAX_HISTORY = 32;

  private final KernelCompatibility compatibility;
  private final ConnectionCounts counts = new ConnectionCounts();
  private final Slot slot;
  private volatile RealServer definition;
  private volatile Standing standing = Standing.NEUTRAL;
  private volatile Settled settled;
  private volatile int weight; // effective, in the units of all servers of the service
  private volatile int lastWeight;
  private volatile boolean removed;
  private volatile int index = -1;
  private volatile @Nullable LimitCorrection correction;
  private volatile int correctionLevel;
  private volatile @Nullable Integer limit; // an agent's, instead of the configured one
  private final Instant definedAt;
  private final Deque<Explanation.Change> history = new ArrayDeque<>(); // its own lock
  private volatile Map<String, String> warnings = Map.of(); // by check

  /** Whether one connection may come although in-band detection is against it. */
  final AtomicBoolean onTrial = new AtomicBoolean();

  /** Whether the control side has been asked to look at the correction, and has not yet. */
  final AtomicBoolean correcting = new AtomicBoolean();

  private volatile Carried carried = Carried.NONE; // what a transport has now
  private final LongAdder openedByCarrier = new LongAdder();

  final LongAdder templates = new LongAdder();
  final FailureCounts failures = new FailureCounts();
  final LongAdder bytesFromClients = new LongAdder();
  final LongAdder bytesToClients = new LongAdder();

  /**
   * What a definition has come to. In one object, so that nobody sees the weight of one definition
   * beside another.
   *
   * @param effective in the units of the configured weight
   */
  private record Settled(RealServer definition, double effective) {}

  ServerState(
      RealServer definition,
      KernelCompatibility compatibility,
      LoadBalancer balancer,
      Instant now) {
    this.definition = definition;
    this.settled = new Settled(definition, definition.weight());
    this.definedAt = now;
    this.slot = new Slot(this, balancer);
    this.compatibility = compatibility;
    this.counts.upper = definition.limits().upper();
  }

  RealServer definition() {
    return definition;
  }

  /** What policies see: the effective weight in the units of all servers of the service. */
  int weight() {
    return weight;
  }

  /** The effective weight in the units of the configured one. */
  double effective() {
    return settled.effective();
  }

  Standing standing() {
    return standing;
  }

  /** Control side; {@link ServerList#settle} makes it felt. */
  void stand(Standing next) {
    standing = next;
  }

  /**
   * Control side: takes over what definition and standing come to.
   *
   * @param units what one configured weight is to policies
   */
  void settle(Effect effect, int units) {
    settled = new Settled(definition, effect.weight());
    int next = carried(effect.weight(), units);
    if (next != 0) {
      lastWeight = next;
    }
    weight = next;
    counts.down = effect.excluded();
  }

  /** A weight in other units; what is not 0 stays at least 1. */
  static int carried(double weight, int units) {
    return weight <= 0
        ? 0
        : (int) Math.max(1, Math.min(RealServer.MAX_WEIGHT, Math.round(weight * units)));
  }

  /** Control side: the units of all servers have changed. */
  void rescale(int from, int to) {
    lastWeight = lastWeight == 0 ? 0 : carried((double) lastWeight / from, to);
    weight = carried(effective(), to);
  }

  Effect effect(WhenDown whenDown, boolean panic) {
    return WeightPipeline.of(standing, circumstances(whenDown, panic));
  }

  List<Explanation.Step> explain(Failover failover, boolean panic) {
    return WeightPipeline.explain(standing, circumstances(failover.whenDown(), panic));
  }

  private Circumstances circumstances(WhenDown whenDown, boolean panic) {
    return new Circumstances(definition.weight(), definedAt, whenDown, panic, onTrial.get());
  }

  /** Whether no policy may choose it, and remembered clients go elsewhere too. */
  boolean isExcluded() {
    return counts.down;
  }

  /**
   * Any thread: claims the one connection that a server on trial gets; whether it is the caller's.
   */
  boolean claimTrial() {
    boolean mine = onTrial.compareAndSet(true, false);
    if (mine) {
      counts.down = true; // the control side comes to the same when it is asked
    }
    return mine;
  }

  /** Keeps the latest changes for people. */
  void remember(Instant now, String cause, String consequence) {
    synchronized (history) {
      if (history.size() == MAX_HISTORY) {
        history.removeLast();
      }
      history.addFirst(new Explanation.Change(now, cause, consequence));
    }
  }

  /** Newest first. */
  List<Explanation.Change> history() {
    synchronized (history) {
      return List.copyOf(history);
    }
  }

  /** Control side: another upper limit than the configured one, or null; whether it is new. */
  boolean limit(@Nullable Integer newLimit) {
    if (Objects.equals(limit, newLimit)) {
      return false;
    }
    int oldUpper = limits().upper();
    limit = newLimit;
    relimit(oldUpper);
    return true;
  }

  /** The limits in force. */
  ConnectionLimits limits() {
    Integer other = limit;
    ConnectionLimits configured = definition.limits();
    return other == null
        ? configured
        : new ConnectionLimits(other, Math.min(configured.lower(), other));
  }

  /** Control side: whether the warning of a check is new. */
  boolean warn(String check, @Nullable String warning) {
    if (Objects.equals(warnings.get(check), warning)) {
      return false;
    }
    Map<String, String> next = new HashMap<>(warnings);
    if (warning == null) {
      next.remove(check);
    } else {
      next.put(check, warning);
    }
    warnings = Map.copyOf(next);
    return true;
  }

  int connections() {
    return active() + inactive();
  }

  /** Control side: what a transport has counted; it comes on top of what was admitted here. */
  void carry(Carried report) {
    carried = report;
    openedByCarrier.add(report.opened());
    bytesFromClients.add(report.bytesFromClients());
    bytesToClients.add(report.bytesToClients());
  }

  /** Any thread: whether the connections have come to another step of the weight correction. */
  boolean isCorrectionDue() {
    LimitCorrection rule = correction;
    int level = correctionLevel;
    return rule != null && rule.next(level, limits(), connections()) != level;
  }

  /** Control side: takes the weight to the step where the connections are. */
  void correct(@Nullable LimitCorrection rule, Instant now) {
    correction = rule;
    if (rule == null) {
      correctionLevel = 0;
      standing = standing.with(WeightSource.LIMIT, null, now);
    }
    while (isCorrectionDue()) { // again, if some came or went before they could see the new level
      int total = connections();
      int level = Objects.requireNonNull(rule).next(correctionLevel, limits(), total);
      standing =
          standing
              .with(WeightSource.LIMIT, null, now) // each level has its own beginning
              .with(WeightSource.LIMIT, rule.adjustment(level, limits(), total), now);
      correctionLevel = level;
    }
  }

  /** What policies look at, for each server of each scan. */
  ConnectionCounts counts() {
    return counts;
  }

  Slot slot() {
    return slot;
  }

  /** Of all that are told of, as {@link #inactive}; policies look at {@link #counts} alone. */
  int active() {
    return counts.active() + carried.active();
  }

  int inactive() {
    return counts.inactive() + carried.inactive();
  }

  int templates() {
    return templates.intValue() + carried.templates();
  }

  boolean overloaded() {
    return counts.overloaded;
  }

  private boolean isFull() {
    int upper = limits().upper();
    boolean byCarrier = carried.active() + carried.inactive() > 0; // which has a mark of its own
    return counts.overloaded || (byCarrier && upper != 0 && connections() >= upper);
  }

  /** Since when and why it is down by a verdict or an order, believed or not, or null. */
  @Nullable Down down() {
    for (Since<AdminOrder> each : standing.orders().values()) {
      Kind kind = each.what().kind();
      if (kind == Kind.MAINTENANCE || kind == Kind.FORCE_DOWN) {
        return new Down(each.since(), each.what().toString());
      }
    }
    return standing.down();
  }

  /**
   * Where it stood in the list that was published last; whoever uses it looks whether it still
   * stands there.
   */
  int index() {
    return index;
  }

  void setIndex(int newIndex) {
    INDEX.lazySet(this, newIndex); // a fence for each server would take longer than all the rest
  }

  int lastWeight() {
    return lastWeight;
  }

  boolean isRemoved() {
    return removed;
  }

  void setRemoved(boolean isRemoved) {
    removed = isRemoved;
  }

  ServerStatus status() {
    Settled now = settled;
    Map<Fault, Long> faults = failures.all();
    return new ServerStatus(
        now.definition(),
        now.effective(),
        now.effective() == now.definition().weight() ? null : weightReason(),
        active(),
        inactive(),
        templates(),
        isFull(),
        down(),
        isExcluded(),
        standing.orders().values().stream().map(Since::what).toList(),
        warnings,
        counts.opened() + openedByCarrier.sum(),
        faults.values().stream().mapToLong(Long::longValue).sum(),
        faults,
        bytesFromClients.sum(),
        bytesToClients.sum());
  }

  /** What has the last word on the weight, such as {@code slow-start: 25 % (…) since …}. */
  private @Nullable String weightReason() {
    List<Explanation.Step> steps =
        WeightPipeline.explain(standing, circumstances(WhenDown.REMOVE, false));
    StringBuilder out = new StringBuilder();
    for (Explanation.Step step : steps.subList(1, steps.size())) {
      out.append(out.length() == 0 ? "" : "; ")
          .append(step.source())
          .append(": ")
          .append(step.value())
          .append(" (")
          .append(step.reason())
          .append(") since ")
          .append(step.since());
    }
    return out.length() == 0 ? null : out.toString();
  }

  /** A new definition of the same address (ip_vs_edit_dest): the mark follows a changed limit. */
  void redefine(RealServer newDefinition) {
    int oldUpper = limits().upper();
    definition = newDefinition;
    relimit(oldUpper);
  }

  private void relimit(int oldUpper) {
    ConnectionLimits limits = limits();
    counts.upper = limits.upper();
    int total = counts.total();
    if (compatibility == KernelCompatibility.LINUX_6_1) {
      if (limits.upper() == 0 || limits.upper() > oldUpper) {
        counts.overloaded = false;
      }
    } else if (limits.upper() == 0 || total < reopenBelow(limits)) {
      counts.overloaded = false;
    } else if (total >= limits.upper()) {
      counts.overloaded = true;
    }
  }

  /** As {@link #redefine}, for a server that is added again: what it had before is forgotten. */
  void comeBack(RealServer newDefinition) {
    redefine(newDefinition);
    lastWeight = 0; // settled next
    standing = standing.ofOrders();
    limit = null;
    onTrial.set(false);
    warnings = Map.of();
    removed = false;
  }

  /**
   * One more connection, active or not.
   *
   * @return whether the overload mark may be another than before
   */
  boolean bind(boolean active) {
    int total = counts.open(active);
    int upper = counts.upper;
    if (upper == 0 || total < upper) {
      return false;
    }
    counts.overloaded = true;
    clearIfLow(); // others may have released all of theirs before the mark was set
    return true;
  }

  /** An active connection goes on as an inactive one. */
  void deactivate() {
    counts.deactivate();
  }

  /**
   * One connection less.
   *
   * @return whether the overload mark may be another than before
   */
  boolean release(boolean active) {
    counts.close(active);
    if (!counts.overloaded) {
      return false;
    }
    clearIfLow();
    return true;
  }

  private void clearIfLow() {
    ConnectionLimits limits = limits();
    if (counts.total() < reopenBelow(limits)) {
      counts.overloaded = false;
      if (limits.upper() != 0 && counts.total() >= limits.upper()) {
        counts.overloaded = true; // others came in between
      }
    }
  }

  /**
   * A full server is open again when it has fewer connections than this: the lower limit, or three
   * quarters of the upper one (ip_vs_dest_update_overload; until 6.1.176 {@code total * 4 < upper *
   * 3}, later {@code upper - upper / 4}).
   */
  private int reopenBelow(ConnectionLimits limits) {
    if (limits.lower() != 0) {
      return limits.lower();
    }
    if (limits.upper() == 0) {
      return Integer.MAX_VALUE;
    }
    return compatibility == KernelCompatibility.LINUX_6_1
        ? (int) ((limits.upper() * 3L + 3) / 4)
        : limits.upper() - limits.upper() / 4;
  }
}

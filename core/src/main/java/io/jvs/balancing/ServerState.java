package io.jvs.balancing;

import io.jvs.model.ConnectionLimits;
import io.jvs.model.RealServer;
import io.jvs.scheduling.KernelCompatibility;
import java.time.Instant;
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

  private final KernelCompatibility compatibility;
  private final ConnectionCounts counts = new ConnectionCounts();
  private final Slot slot;
  private volatile RealServer definition;
  private volatile @Nullable Down down;
  private volatile int lastWeight;
  private volatile boolean removed;
  private volatile int index = -1;
  private volatile @Nullable LimitCorrection correction;
  private volatile int correctionLevel;
  private volatile @Nullable String weightReason;

  /** Whether the control side has been asked to look at the correction, and has not yet. */
  final AtomicBoolean correcting = new AtomicBoolean();

  final LongAdder templates = new LongAdder();
  final LongAdder failed = new LongAdder();
  final LongAdder bytesFromClients = new LongAdder();
  final LongAdder bytesToClients = new LongAdder();

  ServerState(RealServer definition, KernelCompatibility compatibility, LoadBalancer balancer) {
    this.definition = definition;
    this.slot = new Slot(this, balancer);
    this.compatibility = compatibility;
    this.counts.upper = definition.limits().upper();
    this.lastWeight = definition.weight();
  }

  RealServer definition() {
    return definition;
  }

  /** The effective weight: the configured one, lowered near the connection limit. */
  int weight() {
    LimitCorrection rule = correction;
    int configured = definition.weight();
    return rule == null ? configured : rule.weight(correctionLevel, configured);
  }

  /** Any thread: whether the connections have come to another step of the weight correction. */
  boolean isCorrectionDue() {
    LimitCorrection rule = correction;
    int level = correctionLevel;
    return rule != null && rule.next(level, definition.limits(), counts.total()) != level;
  }

  /** Control side: takes the weight to the step where the connections are. */
  void correct(@Nullable LimitCorrection rule, Instant now) {
    correction = rule;
    if (rule == null) {
      correctionLevel = 0;
    }
    while (isCorrectionDue()) { // again, if some came or went before they could see the new level
      int total = counts.total();
      ConnectionLimits limits = definition.limits();
      int level = Objects.requireNonNull(rule).next(correctionLevel, limits, total);
      weightReason = rule.reason(level, limits, total) + " since " + now;
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

  int active() {
    return counts.active();
  }

  int inactive() {
    return counts.inactive();
  }

  boolean overloaded() {
    return counts.overloaded;
  }

  @Nullable Down down() {
    return down;
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

  void setDown(@Nullable Down verdict) {
    if (verdict == null) {
      counts.down = false; // in this order, so that a server that is out has its reason
      down = null;
    } else {
      down = verdict;
      counts.down = true;
    }
  }

  void setRemoved(boolean isRemoved) {
    removed = isRemoved;
  }

  ServerStatus status() {
    return new ServerStatus(
        definition,
        weight(),
        weight() == definition.weight() ? null : weightReason,
        counts.active(),
        counts.inactive(),
        templates.intValue(),
        counts.overloaded,
        down,
        counts.opened(),
        failed.sum(),
        bytesFromClients.sum(),
        bytesToClients.sum());
  }

  /** A new definition of the same address (ip_vs_edit_dest): the mark follows a changed limit. */
  void redefine(RealServer newDefinition) {
    int oldUpper = definition.limits().upper();
    definition = newDefinition;
    ConnectionLimits limits = newDefinition.limits();
    counts.upper = limits.upper();
    if (newDefinition.weight() != 0) {
      lastWeight = newDefinition.weight();
    }
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
    lastWeight = newDefinition.weight();
    setDown(null);
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
    ConnectionLimits limits = definition.limits();
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

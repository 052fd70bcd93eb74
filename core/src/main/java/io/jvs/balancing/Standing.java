package io.jvs.balancing;

import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All that bears on one server besides its definition: adjustments of its weight, verdicts and
 * orders. Immutable; the control side makes the next, any thread may read.
 */
final class Standing {
  static final Standing NEUTRAL =
      new Standing(
          new EnumMap<>(WeightSource.class),
          new EnumMap<>(Judge.class),
          new EnumMap<>(Orderer.class));

  /** Something together with when it was said first. */
  record Since<T>(T what, Instant since) {}

  private final EnumMap<WeightSource, Since<WeightAdjustment>> adjustments;
  private final EnumMap<Judge, Down> downs;
  private final EnumMap<Orderer, Since<AdminOrder>> orders;

  private Standing(
      EnumMap<WeightSource, Since<WeightAdjustment>> adjustments,
      EnumMap<Judge, Down> downs,
      EnumMap<Orderer, Since<AdminOrder>> orders) {
    this.adjustments = adjustments;
    this.downs = downs;
    this.orders = orders;
  }

  Map<WeightSource, Since<WeightAdjustment>> adjustments() {
    return adjustments;
  }

  Map<Judge, Down> downs() {
    return downs;
  }

  /** The verdict against it that is oldest, or null. */
  @Nullable Down down() {
    Down oldest = null;
    for (Down each : downs.values()) {
      if (oldest == null || each.since().isBefore(oldest.since())) {
        oldest = each;
      }
    }
    return oldest;
  }

  Map<Orderer, Since<AdminOrder>> orders() {
    return orders;
  }

  /** Whose order this is of a kind, or null. */
  @Nullable Since<AdminOrder> order(AdminOrder.Kind kind) {
    for (Since<AdminOrder> each : orders.values()) {
      if (each.what().kind() == kind) {
        return each;
      }
    }
    return null;
  }

  Standing with(WeightSource source, @Nullable WeightAdjustment adjustment, Instant now) {
    EnumMap<WeightSource, Since<WeightAdjustment>> next = new EnumMap<>(adjustments);
    if (adjustment == null) {
      next.remove(source);
    } else {
      Since<WeightAdjustment> before = next.get(source);
      next.put(source, new Since<>(adjustment, before == null ? now : before.since()));
    }
    return new Standing(next, downs, orders);
  }

  Standing with(Judge judge, @Nullable Down down) {
    EnumMap<Judge, Down> next = new EnumMap<>(downs);
    if (down == null) {
      next.remove(judge);
    } else {
      next.put(judge, down);
    }
    return new Standing(adjustments, next, orders);
  }

  Standing with(Orderer orderer, @Nullable AdminOrder order, Instant now) {
    EnumMap<Orderer, Since<AdminOrder>> next = new EnumMap<>(orders);
    if (order == null) {
      next.remove(orderer);
    } else {
      next.put(orderer, new Since<>(order, now));
    }
    return new Standing(adjustments, downs, next);
  }

  Standing withOrders(Map<Orderer, Since<AdminOrder>> newOrders) {
    EnumMap<Orderer, Since<AdminOrder>> next = new EnumMap<>(Orderer.class);
    next.putAll(newOrders);
    return new Standing(adjustments, downs, next);
  }

  /** For a server that is added again: orders stay, all else was said of the one before. */
  Standing ofOrders() {
    return new Standing(new EnumMap<>(WeightSource.class), new EnumMap<>(Judge.class), orders);
  }
}

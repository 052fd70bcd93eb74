package io.jvs.balancing;

import io.jvs.model.RealServer;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One server of a service as it is now. The numbers are read one after the other while flows come
 * and go, so they may be a few connections apart.
 *
 * @param weight the effective weight in the units of the configured one, {@code server.weight()}
 * @param weightReason why and since when they differ, or null if they do not, such as {@code limit:
 *     64 % (at 870 of 1000 connections) since 2026-01-01T00:00:00Z}
 * @param active TCP connections opening or open
 * @param inactive TCP connections closing, and UDP flows
 * @param templates persistence templates that point at it
 * @param full at its connection limit
 * @param down since when and why it is down by verdict or order, believed or not, or null
 * @param excluded no policy may choose it and remembered clients go elsewhere, because it is down
 * @param orders what has been ordered about it
 * @param warnings of checks that pass, by check
 * @param opened connections ever given to it
 * @param failed those of them that failed
 * @param failures the same by fault; faults that did not occur are absent
 * @param bytesFromClients payload sent on to it
 * @param bytesToClients payload received from it
 */
public record ServerStatus(
    RealServer server,
    double weight,
    @Nullable String weightReason,
    int active,
    int inactive,
    int templates,
    boolean full,
    @Nullable Down down,
    boolean excluded,
    List<AdminOrder> orders,
    Map<String, String> warnings,
    long opened,
    long failed,
    Map<Fault, Long> failures,
    long bytesFromClients,
    long bytesToClients) {

  public ServerStatus {
    orders = List.copyOf(orders);
    warnings = Map.copyOf(warnings);
    failures = Map.copyOf(failures);
  }

  /**
   * In one word: {@code maintenance}, {@code down}, {@code drain}, {@code quiesced}, {@code full}
   * or {@code up}.
   */
  public String state() {
    if (has(AdminOrder.Kind.MAINTENANCE)) {
      return "maintenance";
    }
    if (down != null && (excluded || weight == 0)) {
      return "down";
    }
    if (has(AdminOrder.Kind.DRAIN)) {
      return "drain";
    }
    return weight == 0 ? "quiesced" : full ? "full" : "up";
  }

  private boolean has(AdminOrder.Kind kind) {
    return orders.stream().anyMatch(order -> order.kind() == kind);
  }
}

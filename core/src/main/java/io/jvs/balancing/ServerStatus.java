package io.jvs.balancing;

import io.jvs.model.RealServer;
import org.jspecify.annotations.Nullable;

/**
 * One server of a service as it is now. The numbers are read one after the other while flows come
 * and go, so they may be a few connections apart.
 *
 * @param weight the effective weight; {@code server.weight()} is the configured one
 * @param weightReason why and since when they differ, or null if they do not, such as {@code 64 %
 *     at 870 of 1000 connections since 2026-01-01T00:00:00Z}
 * @param active TCP connections opening or open
 * @param inactive TCP connections closing, and UDP flows
 * @param templates persistence templates that point at it
 * @param full at its connection limit
 * @param down since when and why it is down, or null if it is not
 * @param opened connections ever given to it
 * @param failed those of them that failed
 * @param bytesFromClients payload sent on to it
 * @param bytesToClients payload received from it
 */
public record ServerStatus(
    RealServer server,
    int weight,
    @Nullable String weightReason,
    int active,
    int inactive,
    int templates,
    boolean full,
    @Nullable Down down,
    long opened,
    long failed,
    long bytesFromClients,
    long bytesToClients) {

  /** {@code up}, {@code down}, {@code quiesced} or {@code full}. */
  public String state() {
    if (down != null) {
      return "down";
    }
    return weight == 0 ? "quiesced" : full ? "full" : "up";
  }
}

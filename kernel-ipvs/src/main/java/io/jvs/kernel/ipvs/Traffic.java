package io.jvs.kernel.ipvs;

/**
 * What the kernel has counted, up to two seconds ago (ip_vs_estimation_timer). Bytes are those of
 * IP packets, headers included; outgoing ones only where answers pass the director. Rates are
 * smoothed over some ten seconds.
 */
public record Traffic(
    long connections,
    long inPackets,
    long outPackets,
    long inBytes,
    long outBytes,
    long connectionsPerSecond,
    long inPacketsPerSecond,
    long outPacketsPerSecond,
    long inBytesPerSecond,
    long outBytesPerSecond) {
  public static final Traffic NONE = new Traffic(0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
}

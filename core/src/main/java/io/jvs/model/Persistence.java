package io.jvs.model;

import java.time.Duration;

/** Whose later connections go to the same real server as the first one. */
public sealed interface Persistence {
  /** 360 s, ipvsadm's default for {@code -p} without a value. */
  Duration DEFAULT_TIMEOUT = Duration.ofMinutes(6);

  /** How long a client is remembered after its latest new connection. */
  Duration timeout();

  /** Clients by their full address. */
  static SourceNetwork sourceAddress(Duration timeout) {
    return new SourceNetwork(timeout, 32, 128);
  }

  /**
   * All clients of a network are one, for those behind big proxies.
   *
   * @param timeout 1 s to 31 days, whole seconds (ipvsadm(8), {@code -p})
   * @param ipv4Prefix leading bits of an IPv4 address that count, 1 to 32 ({@code -M} as a length)
   * @param ipv6Prefix leading bits of an IPv6 address that count, 1 to 128
   */
  record SourceNetwork(Duration timeout, int ipv4Prefix, int ipv6Prefix) implements Persistence {
    public SourceNetwork {
      if (timeout.compareTo(Duration.ofSeconds(1)) < 0
          || timeout.compareTo(Duration.ofDays(31)) > 0
          || timeout.toNanosPart() != 0) {
        throw new IllegalArgumentException(
            "persistence timeout "
                + Durations.format(timeout)
                + " (expected: whole seconds, 1 s to 31 days)");
      }
      if (ipv4Prefix < 1 || ipv4Prefix > 32) {
        throw new IllegalArgumentException(
            "persistence IPv4 prefix length " + ipv4Prefix + " (expected: 1 to 32)");
      }
      if (ipv6Prefix < 1 || ipv6Prefix > 128) {
        throw new IllegalArgumentException(
            "persistence IPv6 prefix length " + ipv6Prefix + " (expected: 1 to 128)");
      }
    }

    /** {@code persistent 300 s, source /24 /64}. */
    @Override
    public String toString() {
      boolean full = ipv4Prefix == 32 && ipv6Prefix == 128;
      return "persistent "
          + timeout.toSeconds()
          + " s"
          + (full ? "" : ", source /" + ipv4Prefix + " /" + ipv6Prefix);
    }
  }
}

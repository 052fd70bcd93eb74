package io.jvs.model;

import java.time.Duration;

/**
 * How long a connection may do nothing before the director forgets it.
 *
 * @param connect how long a real server may take to accept; userspace only, default 5 s
 * @param tcp an established TCP connection without a byte either way ({@code ipvsadm --set}),
 *     default 900 s
 * @param tcpFin a TCP connection closed by one side only, without a byte, default 120 s
 * @param udp a UDP flow without a datagram, default 300 s
 */
public record Timeouts(Duration connect, Duration tcp, Duration tcpFin, Duration udp) {
  /** The kernel's own values; connect as keepalived's. */
  public static final Timeouts DEFAULT =
      new Timeouts(
          Duration.ofSeconds(5),
          Duration.ofSeconds(900),
          Duration.ofSeconds(120),
          Duration.ofSeconds(300));

  public Timeouts {
    check("connect", connect);
    check("tcp", tcp);
    check("tcpFin", tcpFin);
    check("udp", udp);
  }

  public Timeouts withConnect(Duration newConnect) {
    return new Timeouts(newConnect, tcp, tcpFin, udp);
  }

  /** {@code connect 5s, tcp 15m, tcpFin 2m, udp 5m}. */
  @Override
  public String toString() {
    return "connect "
        + Durations.format(connect)
        + ", tcp "
        + Durations.format(tcp)
        + ", tcpFin "
        + Durations.format(tcpFin)
        + ", udp "
        + Durations.format(udp);
  }

  private static void check(String name, Duration value) {
    if (value.compareTo(Duration.ofMillis(1)) < 0 || value.compareTo(Duration.ofDays(31)) > 0) {
      throw new IllegalArgumentException(
          "timeout " + name + " " + Durations.format(value) + " (expected: 1 ms to 31 days)");
    }
  }
}

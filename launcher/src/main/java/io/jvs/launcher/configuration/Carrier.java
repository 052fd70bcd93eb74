package io.jvs.launcher.configuration;

import java.util.List;
import java.util.Locale;

/** What carries a service: the field {@code transport} of a file. */
public enum Carrier {
  /** This process, as a proxy for whatever protocol the service has. */
  USERSPACE,
  /** This process, as a proxy for TCP. */
  TCP,
  /** This process, as a proxy for UDP. */
  UDP,
  /** The kernel. */
  IPVS;

  static final List<String> WORDS = List.of("userspace", "tcp", "udp", "ipvs");

  /** Whether it may be the TCP proxy. */
  public boolean mayBeTcp() {
    return this == USERSPACE || this == TCP;
  }

  /** Whether it may be the UDP proxy. */
  public boolean mayBeUdp() {
    return this == USERSPACE || this == UDP;
  }

  /** As in files. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}

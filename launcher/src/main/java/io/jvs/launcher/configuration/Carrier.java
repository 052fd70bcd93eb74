package io.jvs.launcher.configuration;

import java.util.List;

/** What carries a service: the field {@code transport} of a file. */
public enum Carrier {
  /** This process, as a proxy. */
  TCP,
  /** The kernel. */
  IPVS;

  static final List<String> WORDS = List.of("tcp", "ipvs");
}

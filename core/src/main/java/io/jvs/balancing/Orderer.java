package io.jvs.balancing;

import java.util.Locale;

/** Where an order comes from. Each has its own, and only takes back its own. */
public enum Orderer {
  /** A person or program, by command or call. */
  OPERATOR,
  /** A file in the maintenance directory. */
  DIRECTORY,
  /** The agent on the server: {@code drain} or {@code maint}. */
  AGENT;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}

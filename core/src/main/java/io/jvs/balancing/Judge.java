package io.jvs.balancing;

import java.util.Locale;

/** Who may find that a server does not work. A server is down while any of them says so. */
public enum Judge {
  /** Checks from outside, out of band. */
  CHECKS,
  /** What became of real connections and calls. */
  IN_BAND,
  /** The agent on the server itself. */
  AGENT,
  /** The application, through {@link LoadBalancer#markDown}. */
  APPLICATION;

  /** As in messages: {@code in-band}. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}

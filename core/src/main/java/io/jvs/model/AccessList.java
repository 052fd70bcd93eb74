package io.jvs.model;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Which clients a service is for. The longest network that has the client decides, whatever the
 * order; without one the client may come in, unless there is anything in {@code allow}. It is asked
 * when a client arrives: a change leaves open connections alone, also those of clients that it
 * would not let in. Transports in userspace go by it; the kernel leaves that to its firewall.
 *
 * @param allow who may come in; empty for all that are not denied
 * @param deny who may not; no network is in both
 */
public record AccessList(List<Network> allow, List<Network> deny) {
  private static final int SHOWN = 8;

  /** Everybody may come in. */
  public static final AccessList EVERYBODY = new AccessList(List.of(), List.of());

  public AccessList {
    allow = List.copyOf(allow);
    deny = List.copyOf(deny);
    Set<Network> allowed = new HashSet<>(allow);
    for (Network network : deny) {
      if (allowed.contains(network)) {
        throw new IllegalArgumentException(
            "access: " + network + " is both allowed and denied (expected: one of them)");
      }
    }
  }

  /**
   * {@code access for all}, or {@code access for [10.0.0.0/8] but not [10.9.0.0/16]}; of long lists
   * the number alone.
   */
  @Override
  public String toString() {
    return "access for "
        + (allow.isEmpty() ? "all" : text(allow))
        + (deny.isEmpty() ? "" : " but not " + text(deny));
  }

  private static String text(List<Network> networks) {
    return networks.size() <= SHOWN ? networks.toString() : networks.size() + " networks";
  }
}

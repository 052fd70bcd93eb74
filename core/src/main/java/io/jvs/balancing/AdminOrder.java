package io.jvs.balancing;

import io.jvs.model.RealServer;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What somebody has ordered about one server, whatever checks and agents say. It stays over changes
 * of the service until it is taken back.
 *
 * @param kind what
 * @param weight for {@link Kind#WEIGHT}, 0 to 65535; else 0
 * @param who gave it, such as a login name; not blank
 * @param why for people; may be empty
 * @param until when it ends by itself, or null
 * @param deadline for {@link Kind#DRAIN} and {@link Kind#MAINTENANCE}: when connections that are
 *     still open are reset, or null for never
 */
public record AdminOrder(
    Kind kind,
    int weight,
    String who,
    String why,
    @Nullable Instant until,
    @Nullable Instant deadline) {

  /** What is ordered, the strongest first. */
  public enum Kind {
    /** Nothing new at all, and no checks: somebody works on the server. */
    MAINTENANCE,
    /** Nothing new at all; checks go on. */
    FORCE_DOWN,
    /** Nothing new but from remembered clients; what is open goes on. */
    DRAIN,
    /** A weight, whatever else bears on it. */
    WEIGHT,
    /** Used although checks, traffic or its agent say that it does not work. */
    FORCE_UP;

    /** As in commands and messages: {@code force-up}. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  public AdminOrder {
    if (kind == Kind.WEIGHT ? weight < 0 || weight > RealServer.MAX_WEIGHT : weight != 0) {
      throw new IllegalArgumentException(
          kind
              + " with weight "
              + weight
              + " (expected: "
              + (kind == Kind.WEIGHT ? "0 to " + RealServer.MAX_WEIGHT : "none")
              + ")");
    }
    if (who.isBlank()) {
      throw new IllegalArgumentException(
          kind + " by nobody (expected: who orders it, such as a login name)");
    }
    if (deadline != null && kind != Kind.DRAIN && kind != Kind.MAINTENANCE) {
      throw new IllegalArgumentException(
          kind + " with a deadline (expected: drain or maintenance, whose connections end then)");
    }
  }

  /** Without a weight, for as long as it is not taken back. */
  public static AdminOrder of(Kind kind, String who, String why) {
    return new AdminOrder(kind, 0, who, why, null, null);
  }

  /** A weight, for as long as it is not taken back. */
  public static AdminOrder weight(int weight, String who, String why) {
    return new AdminOrder(Kind.WEIGHT, weight, who, why, null, null);
  }

  public AdminOrder until(@Nullable Instant end) {
    return new AdminOrder(kind, weight, who, why, end, deadline);
  }

  public AdminOrder deadline(@Nullable Instant end) {
    return new AdminOrder(kind, weight, who, why, until, end);
  }

  /** {@code drain by alice (new kernel) until 2026-01-01T00:00:00Z}. */
  @Override
  public String toString() {
    return kind.name().toLowerCase(Locale.ROOT).replace('_', '-')
        + (kind == Kind.WEIGHT ? " " + weight : "")
        + " by "
        + who
        + (why.isEmpty() ? "" : " (" + why + ")")
        + (until == null ? "" : " until " + until)
        + (deadline == null ? "" : ", connections end at " + deadline);
  }
}

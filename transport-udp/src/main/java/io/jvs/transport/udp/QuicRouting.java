package io.jvs.transport.udp;

import java.util.List;

/**
 * That datagrams are QUIC (HTTP/3), and how their connections are known when they come from another
 * address or port than before: by a server id in the connection id, else by a connection id that
 * was learnt. A connection goes on with its real server, even if that is quiesced, unless it is
 * down or has left the service. All other flows begin as without QUIC.
 *
 * <p>Learnt are the ids that can be seen: those that servers choose in the packets with which
 * connections begin, and those that clients make up before. That is enough for a client whose NAT
 * gives it another port. A client that moves by itself, from one network to another, changes to an
 * id that the server has told it under encryption (RFC 9000 section 9.5): nobody can learn that,
 * and it takes server ids.
 *
 * @param learned whether connection ids are learnt
 * @param maximum connection ids of the service that are remembered at a time, 1 to 100,000,000,
 *     each about 110 bytes. Those of live flows stay; of others the ones go that have been idle for
 *     longest. Those are remembered for as long as UDP flows of the service may be idle, or a
 *     minute if their flow was longer than that
 * @param serverIds one, or one for each rotation while servers change from one to another
 */
public record QuicRouting(boolean learned, int maximum, List<QuicServerIds> serverIds) {
  /** Three for each of the flows that a transport has room for if nothing else is said. */
  public static final int DEFAULT_MAXIMUM = 300_000;

  /** Learns, and knows no server ids. */
  public static final QuicRouting LEARNED = new QuicRouting(true, DEFAULT_MAXIMUM, List.of());

  private static final int LARGEST = 100_000_000;

  public QuicRouting {
    serverIds = List.copyOf(serverIds);
    if (!learned && serverIds.isEmpty()) {
      throw new IllegalArgumentException(
          "udp: QUIC without anything to go by (expected: learned, server ids, or both)");
    }
    if (maximum < 1 || maximum > LARGEST) {
      throw new IllegalArgumentException(
          "udp: QUIC: at most " + maximum + " connection ids (expected: 1 to " + LARGEST + ")");
    }
    if (serverIds.size() > 1) {
      long rotations = serverIds.stream().mapToInt(QuicServerIds::rotation).distinct().count();
      boolean any = serverIds.stream().anyMatch(ids -> ids.rotation() == QuicServerIds.ANY);
      if (any || rotations < serverIds.size()) {
        throw new IllegalArgumentException(
            "udp: QUIC: several forms of server ids for the same connection ids (expected: each"
                + " with a rotation of its own, 0 to 6)");
      }
    }
  }

  /** By server ids alone. */
  public static QuicRouting by(QuicServerIds... serverIds) {
    return new QuicRouting(false, DEFAULT_MAXIMUM, List.of(serverIds));
  }

  public QuicRouting withLearned(boolean on) {
    return new QuicRouting(on, maximum, serverIds);
  }

  public QuicRouting withMaximum(int ids) {
    return new QuicRouting(learned, ids, serverIds);
  }

  /** {@code learned, 3 server ids of 4 bytes from byte 1 on}. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(learned ? "learned" : "");
    if (learned && maximum != DEFAULT_MAXIMUM) {
      text.append(", at most ").append(maximum).append(" ids");
    }
    serverIds.forEach(ids -> text.append(text.isEmpty() ? "" : ", ").append(ids));
    return text.toString();
  }
}

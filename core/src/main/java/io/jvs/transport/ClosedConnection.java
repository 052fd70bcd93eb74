package io.jvs.transport;

import io.jvs.balancing.Fault;
import io.jvs.model.Protocol;
import io.jvs.model.RealServer;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What became of a client's connection, or of its flow where the protocol has no connections.
 *
 * @param ended when; a flow that ended because nothing moved has been over since its timeout before
 * @param id unique in the life of the process; the same as in {@link LiveConnection}
 * @param service name of the virtual service
 * @param protocol {@code TCP}, or {@code UDP} for a flow
 * @param virtualAddress what the client connected to, or sent to
 * @param server who served it, or null if nobody did; of a flow the last one that it was sent to,
 *     whether or not there was an answer
 * @param attempts how many real servers it was offered to; of a flow, those that got its datagrams
 * @param failures those attempts that came to nothing, in their order
 * @param ending how it ended
 * @param fault what the server that served it has done wrong, or null
 * @param cause why, if {@code ending} alone does not tell: the cause of a refusal in one word, what
 *     the server has done wrong, who dropped it; for people, or null
 * @param waited from the arrival until a real server was sought; zero if it never was, and of flows
 * @param connecting from then until one had accepted, failed attempts included; null if none did,
 *     and of flows
 * @param firstByte from the client's first bytes, or from the accepted connect if the server spoke
 *     first, until the server's first bytes; null if there were none. Of a flow, from its first
 *     datagram to the first answer, other servers that were tried included
 * @param total from the arrival to the end; of a flow, from its first datagram to its last one, to
 *     100 ms if it ended because nothing moved
 * @param bytesFromClient payload read from the client
 * @param bytesToClient payload read from the server
 */
public record ClosedConnection(
    Instant ended,
    long id,
    String service,
    Protocol protocol,
    InetSocketAddress client,
    InetSocketAddress virtualAddress,
    @Nullable RealServer server,
    int attempts,
    List<FailedAttempt> failures,
    Ending ending,
    @Nullable Fault fault,
    @Nullable String cause,
    Duration waited,
    @Nullable Duration connecting,
    @Nullable Duration firstByte,
    Duration total,
    long bytesFromClient,
    long bytesToClient) {
  public ClosedConnection {
    failures = List.copyOf(failures);
  }

  /** A real server that could not be connected to, or that a flow had to leave. */
  public record FailedAttempt(RealServer server, Fault fault, String reason) {}

  /** How it ended. */
  public enum Ending {
    /** Both sides have closed. */
    CLOSED,
    CLIENT_RESET,
    SERVER_RESET,
    /** Nothing moved for longer than the timeouts allow: the usual end of a flow. */
    IDLE,
    /** A flow that had all answers that it could expect, or none to expect. */
    ANSWERED,
    /** A flow whose real server could not be reached, as ICMP said, and no other one was left. */
    UNREACHABLE,
    /** A flow that went before its time, since there were too many; counted by its transport. */
    EVICTED,
    /** Reset from here: by an operator, with its server, or at the end of the transport. */
    DROPPED,
    /** It never had a server. */
    REFUSED;

    /** As in logs: {@code client-reset}. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /** Whether something went wrong that was not the client's doing. */
  public boolean failed() {
    return fault != null || ending == Ending.REFUSED || !failures.isEmpty();
  }

  /** The id as listings and logs show it: 16 hexadecimal digits. */
  public String idText() {
    return ConnectionIds.text(id);
  }
}

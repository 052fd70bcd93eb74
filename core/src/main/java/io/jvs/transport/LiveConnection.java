package io.jvs.transport;

import io.jvs.model.Protocol;
import io.jvs.model.RealServer;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A client's connection as it is now, or its flow where the protocol has no connections. Its parts
 * are read one after the other while it goes on, so they may be some moments apart.
 *
 * @param id the same as in {@link ClosedConnection}
 * @param service name of the virtual service
 * @param protocol {@code TCP}, or {@code UDP} for a flow
 * @param virtualAddress what the client connected to, or sends to
 * @param server whose turn it is, or null while none is chosen
 * @param age since the client arrived
 * @param idle how long no byte has moved, to a few hundred milliseconds; null if it is not
 *     connected, or the engine does not know. A flow ends when this reaches its timeout
 * @param bytesFromClient payload, up to a second ago
 * @param bytesToClient likewise
 * @param attempts how many real servers it has been offered to, or whose datagram was sent to, the
 *     present one included
 */
public record LiveConnection(
    long id,
    String service,
    Protocol protocol,
    InetSocketAddress client,
    InetSocketAddress virtualAddress,
    @Nullable RealServer server,
    State state,
    Duration age,
    @Nullable Duration idle,
    long bytesFromClient,
    long bytesToClient,
    int attempts) {

  /** How far it is. */
  public enum State {
    /** No server is chosen yet: there is no room, or its first bytes are awaited. */
    WAITING,
    /** To a real server. */
    CONNECTING,
    /**
     * A flow whose real server has been asked, and has not answered yet; never of a connection.
     * Those are the first to go when there are too many.
     */
    UNANSWERED,
    /** Bytes go both ways; the real server of a flow has answered. */
    OPEN,
    /** One side has sent its FIN. */
    CLOSING;

    /** As in listings: {@code open}. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** The id as listings and logs show it: 16 hexadecimal digits. */
  public String idText() {
    return ConnectionIds.text(id);
  }
}

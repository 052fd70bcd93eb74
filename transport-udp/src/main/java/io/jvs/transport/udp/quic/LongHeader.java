package io.jvs.transport.udp.quic;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What every version of QUIC has in front of the packets with which a connection begins (RFC 8999
 * section 5.1). Later packets have a {@link ShortHeader}.
 *
 * @param version 0 for the answer that lists versions
 * @param destination what the receiver is called; the first packets of a client call the server by
 *     an id that the client has made up
 * @param source what the sender wants to be called
 */
public record LongHeader(int version, ConnectionId destination, ConnectionId source) {
  private static final int VERSION = 1;
  private static final int DESTINATION = 5; // its length; behind it comes the source's

  /** Whether a datagram begins with such a header, by its first bit. */
  public static boolean begins(ByteBuffer datagram) {
    return datagram.hasRemaining() && datagram.get(datagram.position()) < 0;
  }

  /**
   * The header of the first packet of a datagram; others in the same one have the same ids (RFC
   * 9000 section 12.2).
   *
   * @param datagram left as it is
   * @return null if there is none, if it is cut, or if its ids are longer than those of any version
   *     that is in use
   */
  public static @Nullable LongHeader read(ByteBuffer datagram) {
    if (!begins(datagram)) {
      return null;
    }
    int start = datagram.position();
    ConnectionId destination = id(datagram, start + DESTINATION);
    if (destination == null) {
      return null;
    }
    ConnectionId source = id(datagram, start + DESTINATION + 1 + destination.length());
    if (source == null) {
      return null;
    }
    int version = 0;
    for (int i = 0; i < 4; i++) {
      version = (version << 8) | Byte.toUnsignedInt(datagram.get(start + VERSION + i));
    }
    return new LongHeader(version, destination, source);
  }

  private static @Nullable ConnectionId id(ByteBuffer datagram, int at) {
    if (at >= datagram.limit()) {
      return null;
    }
    int length = Byte.toUnsignedInt(datagram.get(at));
    return length > ConnectionId.MAX || length > datagram.limit() - at - 1
        ? null
        : ConnectionId.read(datagram, at + 1, length);
  }
}

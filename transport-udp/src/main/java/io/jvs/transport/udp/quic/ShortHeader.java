package io.jvs.transport.udp.quic;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What every version of QUIC has in front of the packets of a connection that is established (RFC
 * 8999 section 5.2): a byte and the receiver's id, whose length only the receiver knows.
 */
public final class ShortHeader {
  private ShortHeader() {}

  /**
   * The receiver's id, if it has that length.
   *
   * @param datagram left as it is
   * @param length 0 to {@link ConnectionId#MAX}
   * @return null if there is no such header, or less behind it
   */
  public static @Nullable ConnectionId destination(ByteBuffer datagram, int length) {
    return !datagram.hasRemaining() || LongHeader.begins(datagram) || datagram.remaining() <= length
        ? null
        : ConnectionId.read(datagram, datagram.position() + 1, length);
  }
}

package io.jvs.transport.tcp.hello;

import java.nio.ByteBuffer;

/** What the first bytes of a client turn out to be. */
public sealed interface Hello permits Hello.Incomplete, Hello.Other, ClientHello, RdpRequest {
  /** They may become one of those that are known. */
  enum Incomplete implements Hello {
    INSTANCE
  }

  /** They are none of those, whatever follows. */
  enum Other implements Hello {
    INSTANCE
  }

  /**
   * Pure: the same bytes give the same answer, however they came.
   *
   * @param soFar from the first byte of the connection; neither it nor its marks are changed
   */
  static Hello read(ByteBuffer soFar) {
    ByteBuffer bytes = soFar.slice(); // big-endian, as both protocols
    if (!bytes.hasRemaining()) {
      return Incomplete.INSTANCE;
    }
    return switch (bytes.get(0)) {
      case TlsRecords.HANDSHAKE -> ClientHello.read(bytes);
      case RdpRequest.TPKT -> RdpRequest.read(bytes);
      default -> Other.INSTANCE;
    };
  }
}

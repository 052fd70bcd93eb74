package io.jvs.transport.udp;

import java.nio.ByteBuffer;

/**
 * Writes the PROXY header, version 2, of datagrams that go out with one; section 2.2 of the
 * specification. Makes nothing; {@link PreambleReader} reads what came in.
 */
final class PreambleWriter {
  /** Room for one; 52 bytes for IPv6. */
  static final int BYTES = 64;

  /** What it begins with: 8 and 4 bytes. */
  static final long SIGNATURE = 0x0D0A0D0A_000D0A51L;

  static final int SIGNATURE_END = 0x5549540A;

  private static final byte PROXY = 0x21; // version 2
  private static final byte DATAGRAM4 = 0x12;
  private static final byte DATAGRAM6 = 0x22;

  private final ByteBuffer memory;
  private final int start;

  /**
   * To a place in memory that has the byte order of the machine, which has {@link #BYTES} there.
   */
  PreambleWriter(ByteBuffer memory, int start) {
    this.memory = memory;
    this.start = start;
  }

  /**
   * Of a client's datagram to the address that it has asked, both of one family.
   *
   * @return its bytes
   */
  int write(
      boolean ipv6,
      long clientHigh,
      long clientLow,
      int clientPort,
      long askedHigh,
      long askedLow,
      int askedPort) {
    int at = start;
    memory.putLong(at, NetworkOrder.of(SIGNATURE));
    memory.putInt(at + 8, NetworkOrder.of(SIGNATURE_END));
    memory.put(at + 12, PROXY);
    memory.put(at + 13, ipv6 ? DATAGRAM6 : DATAGRAM4);
    memory.putShort(at + 14, NetworkOrder.of((short) (ipv6 ? 36 : 12)));
    at += 16;
    if (ipv6) {
      memory.putLong(at, NetworkOrder.of(clientHigh));
      memory.putLong(at + 8, NetworkOrder.of(clientLow));
      memory.putLong(at + 16, NetworkOrder.of(askedHigh));
      memory.putLong(at + 24, NetworkOrder.of(askedLow));
      at += 32;
    } else {
      memory.putInt(at, NetworkOrder.of((int) clientLow));
      memory.putInt(at + 4, NetworkOrder.of((int) askedLow));
      at += 8;
    }
    memory.putShort(at, NetworkOrder.of((short) clientPort));
    memory.putShort(at + 2, NetworkOrder.of((short) askedPort));
    return at + 4 - start;
  }
}

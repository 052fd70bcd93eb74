package io.jvs.transport.tcp.hello;

import java.nio.ByteBuffer;

/** Vectors of variable length: their length, then so many bytes (RFC 8446 section 3.4). */
final class Vector {
  private Vector() {}

  /**
   * Takes one off the front.
   *
   * @param lengthBytes 1 or 2: how large the length is
   * @throws java.nio.BufferUnderflowException if it goes on after the end
   */
  static ByteBuffer take(ByteBuffer from, int lengthBytes) {
    int length = lengthBytes == 1 ? from.get() & 0xFF : Short.toUnsignedInt(from.getShort());
    return bytes(from, length);
  }

  /** Takes so many bytes off the front. */
  static ByteBuffer bytes(ByteBuffer from, int length) {
    if (length > from.remaining()) {
      throw new java.nio.BufferUnderflowException();
    }
    ByteBuffer taken = from.slice(from.position(), length);
    from.position(from.position() + length);
    return taken;
  }

  static byte[] copy(ByteBuffer bytes) {
    byte[] copy = new byte[bytes.remaining()];
    bytes.get(bytes.position(), copy);
    return copy;
  }
}

package io.jvs.kernel.netlink;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Writes messages, one behind the other, into memory that grows. Numbers are in the byte order
 * given unless said.
 */
public final class MessageWriter {
  private static final int LARGEST_VALUE = 0xffff - 4;

  private ByteBuffer buffer;
  private int message; // where the last one starts

  /**
   * Begins with an empty list of messages.
   *
   * @param memory to begin with; direct memory grows to direct memory
   */
  public MessageWriter(ByteBuffer memory, ByteOrder order) {
    this.buffer = memory.order(order).clear();
  }

  /** Forgets all messages. */
  public void clear() {
    buffer.clear();
  }

  /** Bytes of all messages. */
  public int size() {
    return buffer.position();
  }

  /** All messages, from position to limit; valid until something else is written. */
  public ByteBuffer messages() {
    return buffer.duplicate().order(buffer.order()).flip();
  }

  /** Begins a message: of a generic family, with version 1. {@link #end()} ends it. */
  void begin(int family, int flags, int sequence) {
    room(MessageReader.HEADER);
    message = buffer.position();
    buffer.putInt(0).putShort((short) family).putShort((short) flags).putInt(sequence).putInt(0);
  }

  /** Of a message that has no generic header. */
  MessageWriter raw(int value) {
    room(4);
    buffer.putInt(value);
    return this;
  }

  /** The generic header; to be called once, before any attribute. */
  public MessageWriter command(int command) {
    room(MessageReader.GENERIC_HEADER);
    buffer.put((byte) command).put((byte) 1).putShort((short) 0);
    return this;
  }

  void end() {
    buffer.putInt(message, buffer.position() - message);
  }

  /** Of the last message. */
  void addFlags(int flags) {
    buffer.putShort(message + 6, (short) (buffer.getShort(message + 6) | flags));
  }

  public void u8(int type, int value) {
    header(type, 1);
    buffer.put((byte) value);
    pad();
  }

  public void u16(int type, int value) {
    header(type, 2);
    buffer.putShort((short) value);
    pad();
  }

  /** In network order. */
  public void u16be(int type, int value) {
    header(type, 2);
    buffer.put((byte) (value >> 8)).put((byte) value);
    pad();
  }

  public void u32(int type, int value) {
    header(type, 4);
    buffer.putInt(value);
  }

  /** In network order. */
  public void u32be(int type, int value) {
    u32(type, buffer.order() == ByteOrder.BIG_ENDIAN ? value : Integer.reverseBytes(value));
  }

  /** Two numbers in one attribute. */
  public void u32Pair(int type, int first, int second) {
    header(type, 8);
    buffer.putInt(first).putInt(second);
  }

  public void u64(int type, long value) {
    header(type, 8);
    buffer.putLong(value);
  }

  /** With a NUL at the end. */
  public void string(int type, String value) {
    byte[] bytes = value.getBytes(UTF_8);
    header(type, bytes.length + 1);
    buffer.put(bytes).put((byte) 0);
    pad();
  }

  /** Followed by zeros up to {@code length}. */
  public void bytes(int type, byte[] value, int length) {
    header(type, length);
    buffer.put(value);
    for (int i = value.length; i < length; i++) {
      buffer.put((byte) 0);
    }
    pad();
  }

  /**
   * Begins an attribute that holds attributes.
   *
   * @return for {@link #endNested}
   */
  public int nested(int type) {
    int start = buffer.position();
    header(type, 0);
    return start;
  }

  public void endNested(int start) {
    int length = buffer.position() - start;
    if (length > 0xffff) {
      throw new IllegalArgumentException(
          "nested attribute of " + length + " bytes (expected: at most 65535)");
    }
    buffer.putShort(start, (short) length);
  }

  private void header(int type, int length) {
    if (length > LARGEST_VALUE) {
      throw new IllegalArgumentException(
          "attribute "
              + type
              + " with a value of "
              + length
              + " bytes (expected: at most "
              + LARGEST_VALUE
              + ")");
    }
    room(4 + Attributes.align(length));
    buffer.putShort((short) (4 + length)).putShort((short) type);
  }

  private void pad() {
    while ((buffer.position() & 3) != 0) {
      buffer.put((byte) 0);
    }
  }

  private void room(int bytes) {
    if (buffer.remaining() < bytes) {
      int capacity = Math.max(2 * buffer.capacity(), buffer.position() + bytes);
      ByteBuffer larger =
          buffer.isDirect() ? ByteBuffer.allocateDirect(capacity) : ByteBuffer.allocate(capacity);
      buffer = larger.order(buffer.order()).put(buffer.flip());
    }
  }
}

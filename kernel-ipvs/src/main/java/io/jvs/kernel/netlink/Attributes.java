package io.jvs.kernel.netlink;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Walks over attributes (struct nlattr). Numbers are in the order of the buffer unless said.
 *
 * <pre>{@code
 * while (attributes.next()) {
 *   switch (attributes.type()) {
 *     case 1 -> family = attributes.u16();
 *     default -> {} // of a newer kernel
 *   }
 * }
 * }</pre>
 */
public final class Attributes {
  private static final int HEADER = 4;

  /** Without the flags "nested" and "in network order", which the kernel sets or not. */
  private static final int TYPE = 0x3fff;

  private final ByteBuffer buffer;
  private final int end;
  private int next;
  private int type;
  private int start;
  private int length;

  /** Over the bytes from {@code start} on, up to {@code end}, both within the buffer's limit. */
  Attributes(ByteBuffer buffer, int start, int end) {
    this.buffer = buffer;
    this.next = start;
    this.end = end;
  }

  /** Over all from position to limit. */
  public static Attributes of(ByteBuffer buffer) {
    return new Attributes(buffer, buffer.position(), buffer.limit());
  }

  /**
   * Moves to the next attribute, if there is one. Too few bytes for a header are padding, as they
   * are to the kernel (nla_ok).
   */
  public boolean next() throws MalformedMessageException {
    if (end - next < HEADER) {
      return false;
    }
    int whole = Short.toUnsignedInt(buffer.getShort(next));
    type = Short.toUnsignedInt(buffer.getShort(next + 2)) & TYPE;
    if (whole < HEADER || whole > end - next) {
      throw new MalformedMessageException(
          "attribute " + type + " of " + whole + " bytes (expected: 4 to " + (end - next) + ")");
    }
    start = next + HEADER;
    length = whole - HEADER;
    next = Math.min(end, next + align(whole));
    return true;
  }

  static int align(int length) {
    return (length + 3) & ~3;
  }

  public int type() {
    return type;
  }

  /** Of the value, in bytes. */
  public int length() {
    return length;
  }

  public int u8() throws MalformedMessageException {
    expect(1);
    return Byte.toUnsignedInt(buffer.get(start));
  }

  public int u16() throws MalformedMessageException {
    expect(2);
    return Short.toUnsignedInt(buffer.getShort(start));
  }

  /** In network order. */
  public int u16be() throws MalformedMessageException {
    expect(2);
    return Byte.toUnsignedInt(buffer.get(start)) << 8 | Byte.toUnsignedInt(buffer.get(start + 1));
  }

  public int i32() throws MalformedMessageException {
    expect(4);
    return buffer.getInt(start);
  }

  public long u32() throws MalformedMessageException {
    return Integer.toUnsignedLong(i32());
  }

  /** In network order. */
  public int i32be() throws MalformedMessageException {
    int value = i32();
    return buffer.order() == ByteOrder.BIG_ENDIAN ? value : Integer.reverseBytes(value);
  }

  public long u64() throws MalformedMessageException {
    expect(8);
    return buffer.getLong(start);
  }

  /** The first 32 bits of a value that is at least so long. */
  public int firstI32() throws MalformedMessageException {
    if (length < 4) {
      expect(4);
    }
    return buffer.getInt(start);
  }

  /** Up to the first NUL, or all of it if there is none. */
  public String string() {
    int to = 0;
    while (to < length && buffer.get(start + to) != 0) {
      to++;
    }
    byte[] bytes = new byte[to];
    buffer.get(start, bytes);
    return new String(bytes, UTF_8);
  }

  /** The first {@code count} bytes of a value that is at least so long. */
  public byte[] bytes(int count) throws MalformedMessageException {
    if (length < count) {
      expect(count);
    }
    byte[] bytes = new byte[count];
    buffer.get(start, bytes);
    return bytes;
  }

  /** This attribute alone, to be read later. */
  public Attributes value() {
    Attributes copy = new Attributes(buffer, end, end);
    copy.type = type;
    copy.start = start;
    copy.length = length;
    return copy;
  }

  public Attributes nested() {
    return new Attributes(buffer, start, start + length);
  }

  private void expect(int bytes) throws MalformedMessageException {
    if (length != bytes) {
      throw new MalformedMessageException(
          "attribute " + type + " has a value of " + length + " bytes (expected: " + bytes + ")");
    }
  }
}

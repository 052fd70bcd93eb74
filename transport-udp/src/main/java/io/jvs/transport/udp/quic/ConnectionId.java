package io.jvs.transport.udp.quic;

import java.nio.ByteBuffer;
import java.util.concurrent.ThreadLocalRandom;

/**
 * What one end of a connection wants to be called, 0 to {@value #MAX} bytes (RFC 9000 section
 * 17.2). In numbers, because a hundred thousand of them are kept.
 */
public final class ConnectionId {
  /** Of QUIC 1 and 2. */
  public static final int MAX = 20;

  /** Clients choose ids too, and shall not choose a hundred thousand with one hash code. */
  private static final long SECRET = ThreadLocalRandom.current().nextLong();

  private final long first;
  private final long second;
  private final int third;
  private final byte length;

  private ConnectionId(long first, long second, int third, int length) {
    this.first = first;
    this.second = second;
    this.third = third;
    this.length = (byte) length;
  }

  /** The bytes from {@code at} on, which must be there; up to {@value #MAX} of them. */
  static ConnectionId read(ByteBuffer from, int at, int length) {
    long first = bits(from, at, Math.min(length, 8));
    long second = bits(from, at + 8, Math.min(length - 8, 8));
    int third = (int) bits(from, at + 16, length - 16);
    return new ConnectionId(first, second, third, length);
  }

  private static long bits(ByteBuffer from, int at, int count) {
    long bits = 0;
    for (int i = 0; i < count; i++) {
      bits = (bits << 8) | Byte.toUnsignedLong(from.get(at + i));
    }
    return bits;
  }

  public int length() {
    return length;
  }

  /** The byte at an index below {@link #length}. */
  int at(int index) {
    int inPart = index & 7;
    long part = index < 8 ? first : index < 16 ? second : third;
    int bytesOfPart = Math.min(length - (index - inPart), 8);
    return (int) (part >>> (8 * (bytesOfPart - 1 - inPart))) & 0xFF;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ConnectionId id
        && id.first == first
        && id.second == second
        && id.third == third
        && id.length == length;
  }

  @Override
  public int hashCode() {
    long bits = (first ^ SECRET) * 0x9E37_79B9_7F4A_7C15L; // Fibonacci hashing, Knuth 6.4
    bits = (bits ^ (bits >>> 32) ^ second) * 0xD6E8_FEB8_6659_FD93L;
    bits = (bits ^ (bits >>> 32) ^ third ^ ((long) length << 32)) * 0x9E37_79B9_7F4A_7C15L;
    return (int) (bits >>> 32);
  }

  /** In hexadecimal digits. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(2 * length);
    for (int i = 0; i < length; i++) {
      text.append(Character.forDigit(at(i) >> 4, 16)).append(Character.forDigit(at(i) & 15, 16));
    }
    return text.toString();
  }
}

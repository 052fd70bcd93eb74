package io.jvs.proxyprotocol;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Something that version 2 of the PROXY protocol says beside addresses: a type and its bytes. */
public final class Tlv {
  /** The host name that the client asked for, as in TLS SNI; UTF-8. */
  public static final int AUTHORITY = 0x02;

  /** A checksum over the whole header. */
  public static final int CRC32C = 0x03;

  /** Nothing, for padding. */
  public static final int NOOP = 0x04;

  /** An id of the connection, of up to {@value #MAX_UNIQUE_ID} bytes. */
  public static final int UNIQUE_ID = 0x05;

  public static final int MAX_UNIQUE_ID = 128;

  private final int type;
  private final byte[] value;

  private Tlv(int type, byte[] value) {
    this.type = type;
    this.value = value;
  }

  /**
   * One of these bytes.
   *
   * @param type 0 to 255
   * @param value up to 65535 bytes; copied
   */
  public static Tlv of(int type, byte[] value) {
    if (type < 0 || type > 255 || value.length > 65_535) {
      throw new IllegalArgumentException(
          "TLV "
              + type
              + " of "
              + value.length
              + " bytes (expected: a type of 0 to 255, up to 65535 bytes)");
    }
    return new Tlv(type, value.clone());
  }

  /** One whose bytes are a text in UTF-8. */
  public static Tlv of(int type, String text) {
    return of(type, text.getBytes(StandardCharsets.UTF_8));
  }

  public int type() {
    return type;
  }

  /** A copy. */
  public byte[] value() {
    return value.clone();
  }

  int length() {
    return value.length;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Tlv tlv && tlv.type == type && Arrays.equals(tlv.value, value);
  }

  @Override
  public int hashCode() {
    return 31 * type + Arrays.hashCode(value);
  }

  @Override
  public String toString() {
    return "TLV 0x%02x of %s bytes".formatted(type, value.length);
  }
}

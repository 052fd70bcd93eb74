package io.jvs.transport.tcp.hello;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Puts the first handshake message together from records (RFC 8446 section 5.1), of which it may
 * take several: a hello with a post-quantum key share, or with many tickets, is a large one.
 */
final class TlsRecords {
  static final byte CHANGE_CIPHER_SPEC = 20;
  static final byte HANDSHAKE = 22;

  /** Type, version, length. */
  static final int HEADER = 5;

  static final int MAX_PLAINTEXT = 1 << 14;

  /** Type and length of a handshake message. */
  static final int MESSAGE_HEADER = 4;

  /** The longest that is worth reading; what people call large is 2 KiB. */
  static final int MAX_MESSAGE = 1 << 16;

  private @Nullable ByteBuffer message;
  private boolean hopeless;

  private TlsRecords() {}

  /** Reads as much as there is of the first message, which must be of this type. */
  static TlsRecords read(ByteBuffer bytes, int type) {
    TlsRecords records = new TlsRecords();
    records.gather(bytes, type);
    return records;
  }

  /** Its body, or null: there is not all of it yet, or it is {@link #isHopeless none}. */
  @Nullable ByteBuffer message() {
    return message;
  }

  boolean isHopeless() {
    return hopeless;
  }

  private void gather(ByteBuffer bytes, int type) {
    byte[] gathered = {};
    int have = 0;
    int at = 0;
    while (!hopeless) {
      int length = recordLength(bytes, at);
      if (hopeless || length < 0) {
        return;
      }
      int start = at + HEADER;
      int present = Math.min(length, bytes.limit() - start);
      if (have == 0 && endsWithin(bytes, start, present)) { // the usual case: nothing is copied
        message = message(bytes.slice(start, present), type);
        return;
      }
      gathered = Arrays.copyOf(gathered, have + present);
      bytes.get(start, gathered, have, present);
      have += present;
      message = message(ByteBuffer.wrap(gathered), type);
      if (message != null || present < length) {
        return;
      }
      at = start + length;
    }
  }

  /** The length of the payload of the record there, or -1 if it is not known yet. */
  private int recordLength(ByteBuffer bytes, int at) {
    int present = bytes.limit() - at;
    if ((present > 0 && bytes.get(at) != HANDSHAKE) || (present > 1 && bytes.get(at + 1) != 3)) {
      hopeless = true;
    }
    if (hopeless || present < HEADER) {
      return -1;
    }
    int length = Short.toUnsignedInt(bytes.getShort(at + 3));
    hopeless = length == 0 || length > MAX_PLAINTEXT;
    return length;
  }

  private static boolean endsWithin(ByteBuffer bytes, int start, int present) {
    return present >= MESSAGE_HEADER
        && MESSAGE_HEADER + (bytes.getInt(start) & 0xFF_FFFF) <= present;
  }

  private @Nullable ByteBuffer message(ByteBuffer bytes, int type) {
    if (bytes.limit() > 0 && bytes.get(0) != type) {
      hopeless = true;
    }
    if (hopeless || bytes.limit() < MESSAGE_HEADER) {
      return null;
    }
    int length = bytes.getInt(0) & 0xFF_FFFF;
    hopeless = length > MAX_MESSAGE;
    return hopeless || bytes.limit() < MESSAGE_HEADER + length
        ? null
        : bytes.slice(MESSAGE_HEADER, length);
  }
}

package io.jvs.proxyprotocol;

import io.jvs.proxyprotocol.Reading.Incomplete;
import io.jvs.proxyprotocol.Reading.Malformed;
import java.nio.ByteBuffer;

/**
 * Reads a header of either version from as many bytes as there are. Pure: the same bytes give the
 * same answer, however they came, and more bytes never take back what is not {@link Incomplete}.
 */
public final class HeaderReader {
  private HeaderReader() {}

  /**
   * Reads what there is.
   *
   * @param soFar from the first byte of the connection; neither it nor its marks are changed
   * @param atMost the longest header that is accepted, in bytes
   */
  public static Reading read(ByteBuffer soFar, int atMost) {
    ByteBuffer bytes = soFar.slice(); // big-endian, as the protocol
    if (!bytes.hasRemaining()) {
      return Incomplete.INSTANCE;
    }
    if (startsLike(bytes, Version1.START)) {
      return Version1.read(bytes);
    }
    if (startsLike(bytes, Version2.SIGNATURE)) {
      return Version2.read(bytes, atMost);
    }
    return new Malformed("begins with '" + Printable.start(bytes) + "' instead of a PROXY header");
  }

  /** Whether the bytes, or as many as there are, are those. */
  private static boolean startsLike(ByteBuffer bytes, byte[] start) {
    int length = Math.min(bytes.limit(), start.length);
    for (int i = 0; i < length; i++) {
      if (bytes.get(i) != start[i]) {
        return false;
      }
    }
    return true;
  }
}

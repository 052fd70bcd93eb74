package io.jvs.proxyprotocol;

import java.nio.ByteBuffer;

/** Writes a header as bytes, from position to limit of a new buffer. */
public final class HeaderWriter {
  private HeaderWriter() {}

  /** Addresses of TCP alone: version 1 has no words for anything else, and says {@code UNKNOWN}. */
  public static ByteBuffer version1(Header header) {
    return Version1.write(header);
  }

  /**
   * All that the header says.
   *
   * @param checksum whether to add one (PP2_TYPE_CRC32C)
   * @throws IllegalArgumentException if it would be longer than 65551 bytes
   */
  public static ByteBuffer version2(Header header, boolean checksum) {
    return Version2.write(header, checksum);
  }
}

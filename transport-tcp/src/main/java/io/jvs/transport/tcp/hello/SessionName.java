package io.jvs.transport.tcp.hello;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * A short name for a session: its id or ticket, of up to 64 KiB, as 32 hexadecimal digits. Who
 * reads one in a log or a listing cannot use it.
 */
final class SessionName {
  private static final int BYTES = 16;

  private SessionName() {}

  static String of(byte[] idOrTicket) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(idOrTicket);
      return HexFormat.of().formatHex(Arrays.copyOf(digest, BYTES));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java has SHA-256", e);
    }
  }
}

package io.jvs.transport.tcp.hello;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The first message of an RDP client: an X.224 connection request in a TPKT packet, with a cookie
 * or a routing token, or without either (MS-RDPBCGR section 2.2.1.1).
 *
 * @param cookie what the client is known by: {@code mstshash=} and the name of the user, of which
 *     clients send nine characters, or {@code msts=} and what a session directory has given out, or
 *     null
 */
public record RdpRequest(@Nullable String cookie) implements Hello {
  static final byte TPKT = 3;

  /** Version, reserved, length. */
  private static final int TPKT_HEADER = 4;

  /** With the byte of its own length: code, two references, class. */
  private static final int X224_HEADER = 7;

  private static final int LONGEST_COOKIE = 256;
  private static final int CONNECTION_REQUEST = 0xE0;
  private static final String COOKIE = "Cookie: ";

  static Hello read(ByteBuffer bytes) {
    int present = bytes.limit();
    if (present > 1 && bytes.get(1) != 0) {
      return Other.INSTANCE;
    }
    if (present < TPKT_HEADER) {
      return Incomplete.INSTANCE;
    }
    int length = Short.toUnsignedInt(bytes.getShort(2));
    if (length < TPKT_HEADER + X224_HEADER
        || (present > 4 && TPKT_HEADER + 1 + (bytes.get(4) & 0xFF) > length)
        || (present > 5 && (bytes.get(5) & 0xF0) != CONNECTION_REQUEST)) {
      return Other.INSTANCE;
    }
    if (present < length) {
      return Incomplete.INSTANCE;
    }
    byte[] rest = new byte[length - TPKT_HEADER - X224_HEADER];
    bytes.get(TPKT_HEADER + X224_HEADER, rest);
    return new RdpRequest(cookie(new String(rest, StandardCharsets.ISO_8859_1)));
  }

  private static @Nullable String cookie(String rest) {
    int end = rest.indexOf("\r\n");
    if (end < 0 || !rest.startsWith(COOKIE)) {
      return null;
    }
    String cookie = rest.substring(COOKIE.length(), end);
    boolean known = cookie.startsWith("mstshash=") || cookie.startsWith("msts=");
    boolean printable = cookie.chars().allMatch(each -> each > ' ' && each < 127);
    int value = cookie.indexOf('=') + 1;
    return known && printable && value < cookie.length() && cookie.length() <= LONGEST_COOKIE
        ? cookie
        : null;
  }
}

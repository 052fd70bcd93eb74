package io.jvs.resilience;

import java.nio.ByteBuffer;

/**
 * The status line of HTTP/1 (RFC 9112, section 4): {@code HTTP/1.1 503 Service Unavailable}. Pure;
 * neither allocates nor moves the buffer.
 */
final class HttpStatusLine {
  /** The bytes do not begin with a status line, or end too early to tell. */
  static final int NONE = -1;

  private static final String VERSION = "HTTP/1."; // then a digit, a space and three digits
  private static final int SPACE = VERSION.length() + 1;
  private static final int STATUS = SPACE + 1;
  private static final int END = STATUS + 3;

  private HttpStatusLine() {}

  /** The status, 100 to 999, or {@link #NONE}. */
  static int status(ByteBuffer bytes) {
    int start = bytes.position();
    if (bytes.remaining() <= END) {
      return NONE;
    }
    for (int i = 0; i < VERSION.length(); i++) {
      if (bytes.get(start + i) != VERSION.charAt(i)) {
        return NONE;
      }
    }
    byte end = bytes.get(start + END); // some servers leave out the reason, and the space before it
    if (digit(bytes.get(start + VERSION.length())) < 0
        || bytes.get(start + SPACE) != ' '
        || (end != ' ' && end != '\r' && end != '\n')) {
      return NONE;
    }
    int status = 0;
    for (int i = STATUS; i < END; i++) {
      int digit = digit(bytes.get(start + i));
      if (digit < 0) {
        return NONE;
      }
      status = 10 * status + digit;
    }
    return status < 100 ? NONE : status;
  }

  private static int digit(byte character) {
    return character >= '0' && character <= '9' ? character - '0' : -1;
  }
}

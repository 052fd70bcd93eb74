package io.jvs.checks;

/** What a server has sent, in a form for messages: bounded, on one line, and plain ASCII. */
public final class Received {
  private static final int LONGEST = 60;

  private Received() {}

  /**
   * The first line, in quotes: {@code 'HTTP/1.1 400 Bad Request'}. What cannot be printed is shown
   * as {@code \x00}; at most {@value #LONGEST} characters, then {@code …}. Any bytes will do.
   */
  public static String quote(byte[] bytes) {
    StringBuilder out = new StringBuilder("'");
    for (byte each : bytes) {
      if (each == '\n') {
        break;
      }
      if (out.length() > LONGEST) {
        return out.append("…'").toString();
      }
      if (each >= ' ' && each <= '~') {
        out.append((char) each);
      } else if (each != '\r') {
        out.append(String.format("\\x%02x", each));
      }
    }
    return out.append('\'').toString();
  }
}

package io.jvs.proxyprotocol;

import java.nio.ByteBuffer;

/** Foreign bytes for messages: nothing in them may do anything to a terminal or a log. */
public final class Printable {
  private static final int MOST = 16;

  private Printable() {}

  /** The first bytes, those that are no printable ASCII as {@code \x1b}. */
  public static String start(ByteBuffer bytes) {
    StringBuilder out = new StringBuilder();
    int length = Math.min(bytes.remaining(), MOST);
    for (int i = 0; i < length; i++) {
      int each = bytes.get(bytes.position() + i) & 0xFF;
      boolean plain = each >= ' ' && each < 127 && each != '\\' && each != '\'';
      out.append(plain ? String.valueOf((char) each) : "\\x%02x".formatted(each));
    }
    return out.append(bytes.remaining() > MOST ? "…" : "").toString();
  }
}

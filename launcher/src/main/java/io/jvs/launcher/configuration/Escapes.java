package io.jvs.launcher.configuration;

/**
 * Escapes in texts that are sent: {@code \r}, {@code \n}, {@code \t}, {@code \0}, {@code \\} and
 * {@code \}{@code xHH} for a character below 256. They do in quotes of either kind, and without.
 */
final class Escapes {
  private Escapes() {}

  /**
   * The text that is meant.
   *
   * @throws IllegalArgumentException if there is an escape that is none of these
   */
  static String resolve(String text) {
    StringBuilder out = new StringBuilder();
    int next = 0;
    while (next < text.length()) {
      char c = text.charAt(next++);
      if (c != '\\') {
        out.append(c);
        continue;
      }
      char escape = next < text.length() ? text.charAt(next++) : ' ';
      switch (escape) {
        case 'r' -> out.append('\r');
        case 'n' -> out.append('\n');
        case 't' -> out.append('\t');
        case '0' -> out.append('\0');
        case '\\' -> out.append('\\');
        case 'x' -> {
          String digits = text.substring(next, Math.min(text.length(), next + 2));
          if (!digits.matches("[0-9A-Fa-f]{2}")) {
            throw unknown("x" + digits);
          }
          out.append((char) Integer.parseInt(digits, 16));
          next += 2;
        }
        default -> throw unknown(String.valueOf(escape).strip());
      }
    }
    return out.toString();
  }

  private static IllegalArgumentException unknown(String escape) {
    return new IllegalArgumentException(
        "escape '\\" + escape + "' (expected: one of \\r, \\n, \\t, \\0, \\\\ and \\xHH)");
  }
}

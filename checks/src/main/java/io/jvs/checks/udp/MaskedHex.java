package io.jvs.checks.udp;

import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Bytes as hexadecimal digits, some of which may be {@code X} for any: {@code 8X00}. keepalived's
 * {@code require_reply}.
 *
 * @param digits two for each byte, kept in capitals and without blanks; at most {@value #MAX_BYTES}
 *     bytes
 */
public record MaskedHex(String digits) {
  /** What fits a datagram over IPv4: 65535 less the headers of IP and UDP. */
  public static final int MAX_BYTES = 65_507;

  private static final Pattern FORM = Pattern.compile("([0-9A-FX]{2})*");

  public MaskedHex {
    String given = digits;
    digits = digits.replaceAll("[\\s:]", "").toUpperCase(Locale.ROOT);
    if (!FORM.matcher(digits).matches()) {
      throw new IllegalArgumentException(
          "hex '" + shortened(given) + "' (expected: pairs of the digits 0 to f, X for any digit)");
    }
    if (digits.length() / 2 > MAX_BYTES) {
      throw new IllegalArgumentException(
          "hex of " + digits.length() / 2 + " bytes (expected: at most " + MAX_BYTES + ")");
    }
  }

  /** How many bytes. */
  public int length() {
    return digits.length() / 2;
  }

  /** Whether every digit is told. */
  public boolean isExact() {
    return digits.indexOf('X') < 0;
  }

  /**
   * The bytes.
   *
   * @throws IllegalStateException if a digit is not told
   */
  byte[] bytes() {
    if (!isExact()) {
      throw new IllegalStateException("hex " + this + " leaves digits open");
    }
    return HexFormat.of().parseHex(digits);
  }

  /** Where {@code reply} first differs, in bytes; its length if it is too short, -1 if it fits. */
  int difference(byte[] reply) {
    for (int i = 0; i < length(); i++) {
      if (i >= reply.length
          || !fits(digits.charAt(2 * i), reply[i] >> 4)
          || !fits(digits.charAt(2 * i + 1), reply[i])) {
        return i;
      }
    }
    return -1;
  }

  private static boolean fits(char digit, int nibble) {
    return digit == 'X' || Character.digit(digit, 16) == (nibble & 15);
  }

  private static String shortened(String text) {
    return text.length() <= 40 ? text : text.substring(0, 40) + "…";
  }

  @Override
  public String toString() {
    return shortened(digits);
  }
}

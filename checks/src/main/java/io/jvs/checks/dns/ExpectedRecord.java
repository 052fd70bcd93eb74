package io.jvs.checks.dns;

import io.jvs.checks.Regex;
import io.jvs.model.SocketAddresses;

/**
 * What a record must be, in the form of zone files (RFC 1035 section 5.1): {@code 192.0.2.1},
 * {@code 10 mail.example.}, {@code "v=spf1 -all"}.
 *
 * @param text as a whole, or a {@link Regex}. As a whole, capitals and the dot at the end do not
 *     matter, and an address may be written in any form
 * @param regex whether it is one, to be found somewhere in the record
 */
public record ExpectedRecord(String text, boolean regex) {
  public ExpectedRecord {
    if (text.isBlank()) {
      throw new IllegalArgumentException("dns answer '' (expected: what a record must be)");
    }
    if (regex) {
      Regex unused = Regex.of(text);
    }
  }

  public static ExpectedRecord exactly(String text) {
    return new ExpectedRecord(text, false);
  }

  public static ExpectedRecord like(String regex) {
    return new ExpectedRecord(regex, true);
  }

  /**
   * Whether a record is this.
   *
   * @throws Regex.TooHard if the regex needs too much time or stack
   */
  boolean matches(String record) {
    return regex
        ? Regex.of("(?i)" + text).find(record) >= 0
        : plain(text).equalsIgnoreCase(plain(record));
  }

  private static String plain(String record) {
    String bare = record.strip();
    if (bare.matches("[0-9A-Fa-f.]*:[0-9A-Fa-f:.]*")) {
      try {
        return SocketAddresses.format(SocketAddresses.parseIp(bare));
      } catch (IllegalArgumentException e) {
        return bare; // looked like an address and is none
      }
    }
    return bare.endsWith(".") && bare.length() > 1 ? bare.substring(0, bare.length() - 1) : bare;
  }

  @Override
  public String toString() {
    return (regex ? "like " : "") + text;
  }
}

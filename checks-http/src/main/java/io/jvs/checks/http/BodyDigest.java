package io.jvs.checks.http;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;

/**
 * What the body must hash to, as keepalived's genhash(1) writes it.
 *
 * @param hex 32 hexadecimal digits for MD5, 64 for SHA-256; kept in lower case
 */
public record BodyDigest(String hex) {
  private static final int MD5_DIGITS = 32;
  private static final int SHA_256_DIGITS = 64;

  public BodyDigest {
    hex = hex.toLowerCase(Locale.ROOT);
    if (!hex.matches("[0-9a-f]*")
        || (hex.length() != MD5_DIGITS && hex.length() != SHA_256_DIGITS)) {
      throw new IllegalArgumentException(
          "digest '" + hex + "' (expected: 32 hexadecimal digits for MD5, or 64 for SHA-256)");
    }
  }

  /** {@code MD5} or {@code SHA-256}. */
  public String algorithm() {
    return hex.length() == MD5_DIGITS ? "MD5" : "SHA-256";
  }

  String of(byte[] body) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm()).digest(body));
    } catch (NoSuchAlgorithmException e) { // every Java platform has both
      throw new IllegalStateException(e);
    }
  }
}

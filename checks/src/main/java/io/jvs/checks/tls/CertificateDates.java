package io.jvs.checks.tls;

import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** When certificates begin and end, in words. Dates are UTC. */
public final class CertificateDates {
  private CertificateDates() {}

  /** Why {@code certificate} does not hold at {@code now}, or null if it does. */
  static @Nullable String objection(X509Certificate certificate, Instant now) {
    Instant end = certificate.getNotAfter().toInstant();
    Instant start = certificate.getNotBefore().toInstant();
    if (end.isBefore(now)) {
      return "certificate expired " + words(Duration.between(end, now)) + " ago on " + day(end);
    }
    if (start.isAfter(now)) {
      return "certificate is not valid before "
          + day(start)
          + ", in "
          + words(Duration.between(now, start));
    }
    return null;
  }

  /** Such as {@code certificate expires in 6 days on 2026-11-28}. */
  static @Nullable String warning(X509Certificate certificate, Duration before, Instant now) {
    if (before.isZero()) {
      return null;
    }
    String objection = objection(certificate, now); // seen here if it was not verified
    if (objection != null) {
      return objection;
    }
    Instant end = certificate.getNotAfter().toInstant();
    Duration left = Duration.between(now, end);
    return left.compareTo(before) > 0
        ? null
        : "certificate expires in " + words(left) + " on " + day(end);
  }

  /**
   * The warning for a server's certificate that ends soon, such as {@code certificate expires in 6
   * days on 2026-11-28}, or has ended, which only an unverified one can; null if there is no need.
   */
  public static @Nullable String warning(SSLSession session, TlsSettings settings) {
    try {
      Certificate[] chain = session.getPeerCertificates();
      return chain.length > 0 && chain[0] instanceof X509Certificate leaf
          ? warning(leaf, settings.expiryWarning(), Instant.now())
          : null;
    } catch (SSLPeerUnverifiedException e) { // a cipher without certificates
      return null;
    }
  }

  private static String words(Duration time) {
    if (time.toDays() >= 2) {
      return time.toDays() + " days";
    }
    if (time.toHours() >= 2) {
      return time.toHours() + " hours";
    }
    return time.toMinutes() == 1 ? "1 minute" : time.toMinutes() + " minutes";
  }

  private static LocalDate day(Instant instant) {
    return LocalDate.ofInstant(instant, ZoneOffset.UTC);
  }
}

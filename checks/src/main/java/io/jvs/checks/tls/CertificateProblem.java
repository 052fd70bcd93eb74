package io.jvs.checks.tls;

import java.security.cert.CertPathValidatorException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.CertificateException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import org.jspecify.annotations.Nullable;

/** A certificate was refused; the message is the reason for people. */
final class CertificateProblem extends CertificateException {
  private static final long serialVersionUID = 1;

  /** RFC 5280 section 4.2.1.6, GeneralName. */
  private static final int DNS_NAME = 2;

  private static final int IP_ADDRESS = 7;
  private static final int MOST_NAMES = 3;

  CertificateProblem(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /**
   * Why the JDK has refused a chain whose first certificate is in date.
   *
   * @param expected the name that was expected in it
   */
  static String reason(X509Certificate[] chain, CertificateException refusal, String expected) {
    for (int i = 1; i < chain.length; i++) {
      String dated = CertificateDates.objection(chain[i], Instant.now());
      if (dated != null) {
        return "issuing " + dated + " (" + commonName(chain[i]) + ")";
      }
    }
    CertPathValidatorException path = null;
    for (Throwable t = refusal; t != null; t = t.getCause()) {
      if (t instanceof CertPathValidatorException found) {
        path = found;
      }
    }
    if (path != null && path.getReason() == BasicReason.REVOKED) {
      return "certificate is revoked";
    }
    String message = String.valueOf(refusal.getMessage());
    if (path == null && !message.contains("path") && isAboutName(message)) {
      return "certificate is for " + String.join(", ", names(chain[0])) + ", not " + expected;
    }
    if (message.contains("unable to find valid certification path")) {
      return isSelfSigned(chain[0])
          ? "certificate is self-signed, not by a trusted authority"
          : "certificate is not signed by a trusted authority (issuer: "
              + issuer(chain[chain.length - 1])
              + ")";
    }
    return "certificate was refused: " + message;
  }

  /** Who has signed the last certificate that was sent: what would have to be trusted. */
  private static String issuer(X509Certificate last) {
    return commonName(last.getIssuerX500Principal().getName());
  }

  private static String commonName(X509Certificate certificate) {
    return commonName(certificate.getSubjectX500Principal().getName());
  }

  private static String commonName(String distinguished) {
    try {
      for (Rdn part : new LdapName(distinguished).getRdns()) {
        if (part.getType().equalsIgnoreCase("CN")) {
          return part.getValue().toString();
        }
      }
    } catch (InvalidNameException e) {
      // Then it is shown as it is.
    }
    return distinguished;
  }

  private static boolean isSelfSigned(X509Certificate certificate) {
    return certificate.getSubjectX500Principal().equals(certificate.getIssuerX500Principal());
  }

  /** JSSE tells it by words alone: sun.security.util.HostnameChecker. */
  private static boolean isAboutName(String message) {
    return message.contains("subject alternative") || message.contains("No name matching");
  }

  private static List<String> names(X509Certificate certificate) {
    List<String> names = new ArrayList<>();
    try {
      Collection<List<?>> all = certificate.getSubjectAlternativeNames();
      for (List<?> each : all == null ? List.<List<?>>of() : all) {
        int type = (Integer) each.get(0);
        if (type == DNS_NAME || type == IP_ADDRESS) {
          names.add(String.valueOf(each.get(1)));
        }
      }
    } catch (CertificateParsingException e) {
      // Then there is the subject.
    }
    if (names.isEmpty()) {
      return List.of(commonName(certificate));
    }
    return names.size() <= MOST_NAMES
        ? names
        : List.of(
            String.join(", ", names.subList(0, MOST_NAMES)),
            (names.size() - MOST_NAMES) + " others");
  }
}

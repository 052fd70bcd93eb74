package io.jvs.checks.tls;

import io.jvs.checks.Received;
import java.io.IOException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;

/** Says in the words of operators why there is no TLS. */
public final class TlsReasons {
  private static final Pattern ALERT = Pattern.compile("Received fatal alert: (\\w+)");

  private TlsReasons() {}

  /**
   * The reason, such as {@code certificate expired 3 days ago on 2026-11-19}.
   *
   * @param thrown by a handshake; its causes are looked through
   * @param first the first bytes that the server has sent on this connection, perhaps none
   */
  public static String of(Throwable thrown, byte[] first) {
    for (Throwable t = thrown; t != null; t = t.getCause()) {
      if (t instanceof CertificateProblem || t instanceof TlsException) {
        return String.valueOf(t.getMessage());
      }
    }
    if (first.length > 0 && !isRecord(first[0])) {
      return "not TLS: the server answered " + Received.quote(first);
    }
    Throwable telling = thrown;
    for (Throwable t = thrown; t != null; t = t.getCause()) {
      if (t instanceof SSLException || t instanceof IOException) {
        telling = t;
        break;
      }
    }
    String message = telling.getMessage();
    if (message == null) {
      return telling.getClass().getSimpleName() + " in the TLS handshake";
    }
    Matcher alert = ALERT.matcher(message);
    if (alert.find()) {
      return "the server refused the TLS handshake: " + explained(alert.group(1));
    }
    String plain = message.substring(0, Math.min(1, message.length())).toLowerCase(Locale.ROOT);
    return plain + message.substring(plain.length()) + " in the TLS handshake";
  }

  /** Whether the server has said by an alert that it will not go on. */
  static boolean isAlert(Throwable thrown) {
    for (Throwable t = thrown; t != null; t = t.getCause()) {
      if (t instanceof SSLException && ALERT.matcher(String.valueOf(t.getMessage())).find()) {
        return true;
      }
    }
    return false;
  }

  /** Alerts that have one usual cause, and one way out. */
  private static String explained(String alert) {
    return switch (alert) {
      case "certificate_required" -> alert + " (it wants a client certificate)";
      case "bad_certificate", "unknown_ca", "certificate_unknown", "certificate_expired" ->
          alert + " (about the client certificate, or that there is none)";
      case "unrecognized_name" -> alert + " (it does not know the server name)";
      case "no_application_protocol" -> alert + " (it speaks none of the offered protocols)";
      default -> alert;
    };
  }

  /** RFC 8446 section 5.1: change_cipher_spec 20 to application_data 23, and heartbeat 24. */
  private static boolean isRecord(byte type) {
    return type >= 20 && type <= 24;
  }
}

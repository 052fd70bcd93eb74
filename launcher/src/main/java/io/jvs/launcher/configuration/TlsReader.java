package io.jvs.launcher.configuration;

import io.jvs.checks.tls.TlsException;
import io.jvs.checks.tls.TlsSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads how a check speaks TLS. Files are tried at once, so that a wrong one is found with its
 * place and not by the first check.
 */
final class TlsReader {
  static final List<String> KEYS =
      List.of("verify", "trust", "certificate", "key", "serverName", "expiryWarning");

  private static final Duration LONGEST_WARNING = Duration.ofDays(3650);
  private static final String PEM = "the path of a PEM file";

  private TlsReader() {}

  /** What stands behind {@code tls}: true, false, or an object; null for no TLS. */
  static @Nullable TlsSettings behind(@Nullable Value value) {
    if (value == null) {
      return null;
    }
    if (!value.isObject()) {
      return value.truth("true, false, or an object with any of " + KEYS)
          ? TlsSettings.DEFAULT
          : null;
    }
    Fields fields = value.fields("true, false or an object", KEYS.toArray(String[]::new));
    return fields == null ? null : read(fields, value);
  }

  /** The settings; what is wrong with them is noted, and gives null. */
  static @Nullable TlsSettings read(Fields fields, Value place) {
    int before = place.problemsSoFar();
    Value verify = fields.get("verify");
    Value trust = fields.get("trust");
    Value certificate = fields.get("certificate");
    Value key = fields.get("key");
    Value serverName = fields.get("serverName");
    Value warning = fields.get("expiryWarning");
    Duration usual = TlsSettings.DEFAULT.expiryWarning();
    boolean verified = verify == null || verify.truth();
    Path trustPath = trust == null ? null : trust.path(PEM);
    Path certificatePath = certificate == null ? null : certificate.path(PEM);
    Path keyPath = key == null ? null : key.path(PEM);
    String name = serverName == null ? null : serverName.text("a host name or an IP address");
    Duration warnBefore =
        warning == null ? usual : warning.duration(Duration.ZERO, LONGEST_WARNING, usual);
    if (serverName != null && name != null) {
      var unused = serverName.checked(() -> TlsSettings.DEFAULT.serverName(name));
    }
    if (certificate != null && key == null) {
      certificate.wrong("a certificate without its key (expected: both or none)");
    } else if (key != null && certificate == null) {
      key.wrong("a key without its certificate (expected: both or none)");
    }
    if (place.problemsSoFar() > before) {
      return null;
    }
    if (trust != null && trustPath != null) {
      tryOut(TlsSettings.DEFAULT.trusting(trustPath), trust);
    }
    if (certificate != null && certificatePath != null && key != null && keyPath != null) {
      tryOut(TlsSettings.DEFAULT.presenting(certificatePath, keyPath), certificate);
    }
    return place.problemsSoFar() > before
        ? null
        : new TlsSettings(verified, trustPath, certificatePath, keyPath, name, warnBefore);
  }

  private static void tryOut(TlsSettings settings, Value value) {
    try {
      var unused = settings.context();
    } catch (TlsException e) { // names the file, and what is wrong with it
      value.wrong(String.valueOf(e.getMessage()).replace(value.directory() + "/", ""));
    }
  }
}

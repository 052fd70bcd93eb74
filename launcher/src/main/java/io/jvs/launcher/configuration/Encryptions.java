package io.jvs.launcher.configuration;

import io.jvs.checks.dialogue.Encryption;
import io.jvs.checks.tls.TlsSettings;

/** Reads {@code tls}, which is TLS from the first byte on, and {@code startTls}; one of the two. */
final class Encryptions {
  private Encryptions() {}

  /** For protocols that have no other. */
  static Encryption fromTheStart(Fields fields) {
    TlsSettings settings = TlsReader.behind(fields.get("tls"));
    return settings == null ? Encryption.none() : new Encryption.Implicit(settings);
  }

  static Encryption read(Fields fields) {
    Value start = fields.get("startTls");
    Encryption fromTheStart = fromTheStart(fields);
    TlsSettings started = TlsReader.behind(start);
    if (fromTheStart instanceof Encryption.Implicit && started != null && start != null) {
      start.wrong("beside tls (expected: one of the two; tls is TLS from the first byte on)");
    }
    return started == null ? fromTheStart : new Encryption.StartTls(started);
  }
}

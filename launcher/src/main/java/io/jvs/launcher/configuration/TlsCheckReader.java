package io.jvs.launcher.configuration;

import io.jvs.checks.tls.TlsHandshake;
import io.jvs.checks.tls.TlsSettings;

/** Reads {@code check: tls}. */
final class TlsCheckReader {
  static final CheckReader READER =
      new CheckReader(
          "tls",
          TlsReader.KEYS,
          (fields, place) -> {
            TlsSettings settings = TlsReader.read(fields, place);
            return settings == null ? null : new TlsHandshake(settings);
          });

  private TlsCheckReader() {}
}

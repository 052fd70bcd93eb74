package io.jvs.checks.dialogue;

import io.jvs.checks.tls.TlsSettings;

/** Whether and when a dialogue goes on in TLS. */
public sealed interface Encryption {
  /** Not at all. */
  record None() implements Encryption {}

  /** From the first byte on, usually at a port of its own, such as 465 (RFC 8314). */
  record Implicit(TlsSettings settings) implements Encryption {}

  /** When client and server have agreed on it in plain text. */
  record StartTls(TlsSettings settings) implements Encryption {}

  static Encryption none() {
    return new None();
  }
}

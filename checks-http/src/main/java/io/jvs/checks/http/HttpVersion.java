package io.jvs.checks.http;

/** How to speak. Nothing is negotiated down: a check must know what it has tested. */
public enum HttpVersion {
  HTTP_1_1,

  /** By ALPN under TLS, with prior knowledge without (RFC 9113 section 3.3). */
  HTTP_2
}

package io.jvs.proxyprotocol;

/** What {@link HeaderReader} makes of the bytes so far. */
public sealed interface Reading {
  /** They may be the beginning of a header. */
  enum Incomplete implements Reading {
    INSTANCE
  }

  /**
   * They are no header, whatever follows.
   *
   * @param reason for people: what there is, and what was expected
   */
  record Malformed(String reason) implements Reading {}

  /**
   * They begin with a header.
   *
   * @param length of the header in bytes; what follows is of the connection itself
   */
  record Complete(Header header, int length) implements Reading {}
}

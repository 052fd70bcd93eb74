package io.jvs.model;

import java.util.Locale;

/** A transport protocol that can be scheduled; the numbers are IANA's. */
public enum Protocol {
  TCP(6),
  UDP(17),
  SCTP(132);

  private final int number;

  Protocol(int number) {
    this.number = number;
  }

  /** The protocol number of the IP header, as netlink wants it. */
  public int number() {
    return number;
  }

  /** Lower case, as in messages and files: {@code tcp}. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}

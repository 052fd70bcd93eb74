package io.jvs.checks.icmp;

import java.io.IOException;

/** The kernel does not do what is asked. The message is for people, and says the way out. */
final class PingException extends IOException {
  private static final long serialVersionUID = 1;

  PingException(String message) {
    super(message);
  }
}

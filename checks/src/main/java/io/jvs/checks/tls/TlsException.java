package io.jvs.checks.tls;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** TLS did not come about. The message is for people: the reason of a failed check as it stands. */
public final class TlsException extends IOException {
  private static final long serialVersionUID = 1;

  TlsException(String message) {
    this(message, null);
  }

  TlsException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}

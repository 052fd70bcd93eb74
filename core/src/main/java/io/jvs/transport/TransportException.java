package io.jvs.transport;

import org.jspecify.annotations.Nullable;

/** The outside does not allow what a definition asks for, such as an address in use. */
public final class TransportException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public TransportException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}

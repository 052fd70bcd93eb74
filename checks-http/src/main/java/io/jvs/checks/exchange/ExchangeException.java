package io.jvs.checks.exchange;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** There was no answer. The message is for people: the reason of a failed check as it stands. */
public final class ExchangeException extends IOException {
  private static final long serialVersionUID = 1;

  ExchangeException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}

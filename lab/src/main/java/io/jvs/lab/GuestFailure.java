package io.jvs.lab;

import java.io.Serial;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What was thrown in the guest, as it can be told here: its text, its traces and its causes. */
final class GuestFailure extends AssertionError {
  @Serial private static final long serialVersionUID = 1;

  private GuestFailure(String text, @Nullable Throwable cause) {
    super(text, cause);
  }

  /** Classes of the guest's exceptions may refuse to be serialized; this one does not. */
  static GuestFailure of(Throwable thrown) {
    return of(thrown, Collections.newSetFromMap(new IdentityHashMap<>()));
  }

  private static GuestFailure of(Throwable thrown, Set<Throwable> seen) {
    seen.add(thrown);
    Throwable cause = thrown.getCause();
    GuestFailure told =
        new GuestFailure(
            thrown.toString(), cause == null || seen.contains(cause) ? null : of(cause, seen));
    told.setStackTrace(thrown.getStackTrace());
    for (Throwable suppressed : thrown.getSuppressed()) {
      if (!seen.contains(suppressed)) {
        told.addSuppressed(of(suppressed, seen));
      }
    }
    return told;
  }

  @Override
  @SuppressWarnings("OverrideThrowableToString") // the message names a class already, the real one
  public String toString() {
    return String.valueOf(getMessage());
  }
}

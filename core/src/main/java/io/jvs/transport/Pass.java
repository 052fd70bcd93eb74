package io.jvs.transport;

import io.jvs.balancing.Refused;
import org.jspecify.annotations.Nullable;

/** The answer of a {@link Gate} to a client. Shared by many; there is no object for each. */
public interface Pass {
  /** Why the client may not come in, or null if it may. */
  Refused.@Nullable Cause refusal();

  /** The client has gone. Once for each one that has come in; any thread. */
  void leave();
}

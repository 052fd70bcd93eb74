package io.jvs.transport;

import io.jvs.balancing.Refused;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A pass that nobody counts. */
record FixedPass(Refused.@Nullable Cause refusal) implements Pass {
  static final Pass FREE = new FixedPass(null);
  private static final Map<Refused.Cause, Pass> REFUSALS = new EnumMap<>(Refused.Cause.class);

  static {
    for (Refused.Cause cause : Refused.Cause.values()) {
      REFUSALS.put(cause, new FixedPass(cause));
    }
  }

  static Pass refused(Refused.Cause cause) {
    return REFUSALS.getOrDefault(cause, FREE);
  }

  @Override
  public void leave() {}
}

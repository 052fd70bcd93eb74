package io.jvs.balancing;

import io.jvs.balancing.Refused.Cause;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** How many flows one service has refused so far, by cause; listeners hear of each. Any thread. */
final class RefusalCounts {
  private final Map<Cause, LongAdder> counts = new ConcurrentHashMap<>();
  private final Listeners listeners;

  RefusalCounts(Listeners listeners) {
    this.listeners = listeners;
  }

  /** One more. */
  Refused count(Refused answer) {
    return count(answer, null);
  }

  /** One more, of which somebody can say more. */
  Refused count(Refused answer, @Nullable String detail) {
    counts.computeIfAbsent(answer.cause(), cause -> new LongAdder()).increment();
    listeners.tell(new LoadBalancerEvent.FlowRefused(answer, detail));
    return answer;
  }

  long of(Cause cause) {
    LongAdder count = counts.get(cause);
    return count == null ? 0 : count.sum();
  }

  /** Those that there have been, in the order of their declaration. */
  Map<Cause, Long> all() {
    Map<Cause, Long> all = new EnumMap<>(Cause.class);
    for (Cause cause : Cause.values()) {
      long count = of(cause);
      if (count > 0) {
        all.put(cause, count);
      }
    }
    return all;
  }
}

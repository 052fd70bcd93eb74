package io.jvs.balancing;

import io.jvs.balancing.Refused.Cause;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

/** How many flows one service has refused so far, by cause; listeners hear of each. Any thread. */
final class RefusalCounts {
  private final Map<Cause, LongAdder> counts = new ConcurrentHashMap<>();
  private final Listeners listeners;

  RefusalCounts(Listeners listeners) {
    this.listeners = listeners;
  }

  /** One more. */
  Refused count(Refused answer) {
    increment(answer.cause());
    listeners.tell(new LoadBalancerEvent.FlowRefused(answer));
    return answer;
  }

  /** One more; an answer is made only if somebody hears of it. */
  void count(String service, Cause cause, Supplier<String> detail) {
    increment(cause);
    if (listeners.hearNoise(cause.toString())) {
      Refused answer = new Refused(service, cause, List.of(), detail.get());
      listeners.tell(new LoadBalancerEvent.FlowRefused(answer));
    }
  }

  private void increment(Cause cause) {
    LongAdder count = counts.get(cause); // first without a lock
    if (count == null) {
      count = counts.computeIfAbsent(cause, first -> new LongAdder());
    }
    count.increment();
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

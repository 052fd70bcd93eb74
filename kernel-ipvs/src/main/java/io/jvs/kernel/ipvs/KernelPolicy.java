package io.jvs.kernel.ipvs;

import io.jvs.model.SchedulerSpec;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The policy of the kernel that carries a policy of a definition.
 *
 * @param name as the kernel knows it; mostly that of the definition
 * @param goesByProportion as {@link io.jvs.scheduling.Scheduler#goesByProportion} says of the same
 *     policy in-process, so that both are told the same weights
 * @param drain what becomes of new flows that its table gives to a server of weight 0
 */
record KernelPolicy(String name, boolean goesByProportion, Drain drain) {
  /** What a server of weight 0 does to a policy. */
  enum Drain {
    /** It is passed over. */
    PASSED_OVER,
    /** It keeps its places, and flows that come upon them are refused without a fallback flag. */
    REFUSED_WITHOUT_FALLBACK,
    /** It keeps its places, and flows that come upon them are refused. */
    REFUSED
  }

  private static final Map<String, KernelPolicy> BY_NAME = new TreeMap<>();

  static {
    for (String name : new String[] {"rr", "wrr", "lc", "wlc", "sed", "nq", "fo", "twos"}) {
      BY_NAME.put(name, new KernelPolicy(name, true, Drain.PASSED_OVER));
    }
    for (String name : new String[] {"ovf", "lblc", "lblcr"}) { // weights are connections
      BY_NAME.put(name, new KernelPolicy(name, false, Drain.PASSED_OVER));
    }
    BY_NAME.put("sh", new KernelPolicy("sh", false, Drain.REFUSED_WITHOUT_FALLBACK));
    BY_NAME.put("mh", new KernelPolicy("mh", true, Drain.REFUSED_WITHOUT_FALLBACK));
    BY_NAME.put("dh", new KernelPolicy("dh", true, Drain.REFUSED));
    // The same shares in another order: all of a level in turn, where swrr spreads them.
    BY_NAME.put("swrr", BY_NAME.get("wrr"));
    // Two draws approximate the least loaded of all, which a director that sees all flows knows.
    BY_NAME.put("p2c", BY_NAME.get("wlc"));
  }

  private static final Map<String, String> WAYS_OUT =
      Map.of(
          "ewma",
          "it goes by how long answers take, which the kernel does not see; use wlc, with load"
              + " feedback if servers differ",
          "wlib",
          "it goes by bytes per second, which no policy of the kernel looks at; use wlc, or wrr with"
              + " weights in proportion to the links");

  private static final Map<String, Integer> FLAGS =
      Map.of(
          "sh-fallback", IpvsService.SCHEDULER_FLAG_1,
          "mh-fallback", IpvsService.SCHEDULER_FLAG_1,
          "sh-port", IpvsService.SCHEDULER_FLAG_2,
          "mh-port", IpvsService.SCHEDULER_FLAG_2);

  /** Null if no policy of the kernel can stand for it; {@link #objection} says why. */
  static @Nullable KernelPolicy of(SchedulerSpec scheduler) {
    return BY_NAME.get(scheduler.name());
  }

  /** Why the kernel cannot do it, and the way out; null if it can. */
  static @Nullable String objection(SchedulerSpec scheduler) {
    KernelPolicy policy = of(scheduler);
    if (policy == null) {
      return "the kernel has no scheduler '"
          + scheduler.name()
          + "': "
          + WAYS_OUT.getOrDefault(
              scheduler.name(), "use one of " + BY_NAME.keySet() + " or a userspace transport");
    }
    for (String flag : scheduler.flags()) {
      if (!FLAGS.containsKey(flag) || !flag.startsWith(policy.name() + "-")) {
        return "the kernel's scheduler '"
            + policy.name()
            + "' has no flag '"
            + flag
            + "' (expected: some of "
            + flagsOf(policy.name())
            + ")";
      }
    }
    return null;
  }

  /** The bits that the flags of a scheduler are in a service. */
  static int flags(Set<String> names) {
    int bits = 0;
    for (String name : names) {
      bits |= FLAGS.getOrDefault(name, 0);
    }
    return bits;
  }

  private static Set<String> flagsOf(String name) {
    Set<String> flags = new TreeSet<>(FLAGS.keySet());
    flags.removeIf(flag -> !flag.startsWith(name + "-"));
    return flags;
  }
}

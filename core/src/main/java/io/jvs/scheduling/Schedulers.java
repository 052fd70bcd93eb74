package io.jvs.scheduling;

import io.jvs.model.SchedulerSpec;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.TreeSet;

/** The policies a program knows, by name. Immutable. */
public final class Schedulers {
  private static final Schedulers BUILT_IN =
      new Schedulers(Map.of())
          .with(new RoundRobin())
          .with(new WeightedRoundRobin())
          .with(new LeastConnection())
          .with(new WeightedLeastConnection())
          .with(new ShortestExpectedDelay())
          .with(new NeverQueue())
          .with(new SmoothWeightedRoundRobin())
          .with(new PowerOfTwoChoices())
          .with(new PeakEwma())
          .with(new WeightedLeastIncoming());

  private final Map<String, Scheduler> byName;

  private Schedulers(Map<String, Scheduler> byName) {
    this.byName = byName;
  }

  /** Those that come with JVS. */
  public static Schedulers builtIn() {
    return BUILT_IN;
  }

  /**
   * The built-in ones and those that jars on the class path or module path offer as a service
   * {@link Scheduler} (see {@link ServiceLoader}).
   *
   * @throws IllegalArgumentException if two have the same name
   */
  public static Schedulers installed() {
    Schedulers all = BUILT_IN;
    for (Scheduler scheduler : ServiceLoader.load(Scheduler.class)) {
      all = all.with(scheduler);
    }
    return all;
  }

  /**
   * These and one more.
   *
   * @throws IllegalArgumentException if the name is not one for a scheduler, or taken
   */
  public Schedulers with(Scheduler scheduler) {
    String name = SchedulerSpec.of(scheduler.name()).name(); // checks the name
    Map<String, Scheduler> more = new TreeMap<>(byName);
    if (more.put(name, scheduler) != null) {
      throw new IllegalArgumentException(
          "scheduler '"
              + name
              + "' exists already (expected: a name other than "
              + byName.keySet()
              + ")");
    }
    return new Schedulers(more);
  }

  /** All names, sorted. */
  public List<String> names() {
    return List.copyOf(byName.keySet());
  }

  /**
   * The scheduler that a definition names.
   *
   * @throws IllegalArgumentException if there is none, or it does not know a flag
   */
  public Scheduler find(SchedulerSpec spec) {
    Scheduler scheduler = byName.get(spec.name());
    if (scheduler == null) {
      throw new IllegalArgumentException(
          "unknown scheduler '" + spec.name() + "' (expected: one of " + names() + ")");
    }
    for (String flag : spec.flags()) {
      if (!scheduler.flags().contains(flag)) {
        throw new IllegalArgumentException(
            "scheduler '"
                + spec.name()
                + "' has no flag '"
                + flag
                + "' (expected: "
                + (scheduler.flags().isEmpty()
                    ? "no flags"
                    : "some of " + new TreeSet<>(scheduler.flags()))
                + ")");
      }
    }
    return scheduler;
  }
}

package io.jvs.scheduling;

import io.jvs.model.Ticker;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * What a selector is given besides the servers.
 *
 * @param flags those of {@link Scheduler#flags} that the service asks for
 * @param ticker the only clock a policy may read
 * @param random the only source of chance; safe to use by several threads
 * @param compatibility whose rules to follow where kernel versions differ
 */
public record Setup(
    Set<String> flags, Ticker ticker, RandomGenerator random, KernelCompatibility compatibility) {
  public Setup {
    flags = Set.copyOf(flags);
  }
}

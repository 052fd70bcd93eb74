package io.jvs.model;

import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * A scheduler by name, with its flags. Whether the name is known is seen when a load balancer is
 * made of it: definitions are data and hold no code.
 *
 * @param name as ipvsadm(8) spells it, such as {@code wlc}: at most 15 lower-case letters, digits
 *     and hyphens (the kernel's own limit)
 * @param flags such as {@code sh-port}
 */
public record SchedulerSpec(String name, Set<String> flags) {
  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,14}");

  /** Weighted least connection, ipvsadm's own default. */
  public static final SchedulerSpec DEFAULT = of("wlc");

  public SchedulerSpec {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "scheduler '"
              + name
              + "' (expected: at most 15 lower-case letters, digits and hyphens, such as '"
              + (name.isBlank() ? "wlc" : name.strip().toLowerCase(Locale.ROOT))
              + "')");
    }
    flags = Set.copyOf(flags);
  }

  public static SchedulerSpec of(String name, String... flags) {
    return new SchedulerSpec(name, Set.copyOf(Arrays.asList(flags)));
  }

  /** {@code sh (sh-fallback,sh-port)}, as ipvsadm lists it. */
  @Override
  public String toString() {
    return flags.isEmpty() ? name : name + " (" + String.join(",", new TreeSet<>(flags)) + ")";
  }
}

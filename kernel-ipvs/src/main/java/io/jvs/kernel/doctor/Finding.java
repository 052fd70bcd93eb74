package io.jvs.kernel.doctor;

import org.jspecify.annotations.Nullable;

/**
 * One thing that was looked at.
 *
 * @param topic what it is about, in a few words that stay the same, such as {@code ip_forward}
 * @param seen what was read, and where
 * @param meaning what follows from it
 * @param remedy a command that mends it, or null if nothing needs to be done
 */
public record Finding(
    Level level, String topic, String seen, String meaning, @Nullable String remedy) {
  /** How bad it is. */
  public enum Level {
    /** As it should be. */
    OK,
    /** Worth knowing, such as what cannot be seen from here. */
    NOTE,
    /** Works, but not always. */
    WARNING,
    /** Does not work. */
    ERROR
  }

  /** The topic of what a process may do. */
  public static final String RIGHTS = "rights";

  /** The topic of what the kernel has. */
  public static final String MODULE = "ip_vs";

  static Finding ok(String topic, String seen, String meaning) {
    return new Finding(Level.OK, topic, seen, meaning, null);
  }

  static Finding note(String topic, String seen, String meaning, @Nullable String remedy) {
    return new Finding(Level.NOTE, topic, seen, meaning, remedy);
  }

  static Finding warning(String topic, String seen, String meaning, @Nullable String remedy) {
    return new Finding(Level.WARNING, topic, seen, meaning, remedy);
  }

  static Finding error(String topic, String seen, String meaning, @Nullable String remedy) {
    return new Finding(Level.ERROR, topic, seen, meaning, remedy);
  }
}

package io.jvs.launcher.configuration;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Which ends of connections are logged, and where.
 *
 * @param file that lines are appended to, or null for the log of the process
 * @param sample which part of connections, more than 0, at most 1
 * @param failuresAlways whether those that failed are logged all the same
 * @param perSecond how many lines at most, averaged over some seconds, 1 to 1000000
 */
public record ConnectionLogSettings(
    @Nullable Path file, double sample, boolean failuresAlways, int perSecond) {
  /** All of them, in the log of the process. */
  public static final ConnectionLogSettings DEFAULT =
      new ConnectionLogSettings(null, 1, true, 1000);
}

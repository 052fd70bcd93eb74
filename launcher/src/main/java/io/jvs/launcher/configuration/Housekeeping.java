package io.jvs.launcher.configuration;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Files that a director keeps and follows besides its configuration.
 *
 * @param state where verdicts and orders are kept for a restart, or null for nowhere
 * @param maintenance a directory in which a file puts a server into maintenance, or null for none
 */
public record Housekeeping(@Nullable Path state, @Nullable Path maintenance) {
  public static final Housekeeping NONE = new Housekeeping(null, null);
}

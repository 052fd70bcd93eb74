package io.jvs.launcher.configuration;

import io.jvs.model.HealthCheck;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the settings of one kind of check, which stand beside those that all checks have.
 *
 * @param kind as {@code check:} names it
 * @param keys its own settings
 * @param settings reads them; what is wrong is noted with its place, and gives null
 */
record CheckReader(String kind, List<String> keys, Settings settings) {

  /** Reads what stands behind the keys of one kind. */
  @FunctionalInterface
  interface Settings {
    /**
     * Reads the settings.
     *
     * @param fields behind the keys that are there; empty for a check that is a word alone
     * @param place where the check is declared, for what belongs to no single key
     */
    @Nullable HealthCheck read(Fields fields, Value place);
  }
}

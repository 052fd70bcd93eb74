package io.jvs.launcher.running;

import io.jvs.launcher.configuration.Configuration;
import io.jvs.launcher.configuration.ConfigurationException;

/** Reads the configuration anew each time it is asked. */
@FunctionalInterface
public interface ConfigurationSource {
  Configuration read() throws ConfigurationException;
}

package io.jvs.launcher.configuration;

import io.jvs.scheduling.Schedulers;
import java.nio.file.Path;
import java.util.List;

/**
 * The schedulers that services may name.
 *
 * @param jars that the file names, in its order
 * @param schedulers those of the jars, and those that are there without
 */
public record Policies(List<Path> jars, Schedulers schedulers) {
  public Policies {
    jars = List.copyOf(jars);
  }
}

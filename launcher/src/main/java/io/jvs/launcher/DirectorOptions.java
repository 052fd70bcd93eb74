package io.jvs.launcher;

import io.jvs.launcher.control.ControlClient;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Which running director a command about all of it means. */
final class DirectorOptions {
  @Parameters(
      paramLabel = "FILE",
      arity = "0..1",
      description = "the director that runs this file; not needed if only one runs")
  private @Nullable Path file;

  @Mixin private final ControlOptions control = new ControlOptions();

  /** Asks it, or fails with what to do, or with what it objects to. */
  ControlClient.Answer ask(String method, String path) {
    return control.of(file).ask(method, path);
  }

  /** Asks it, or fails with what to do; whatever it answers. */
  ControlClient.Answer exchange(String method, String path) {
    return control.of(file).exchange(method, path);
  }
}

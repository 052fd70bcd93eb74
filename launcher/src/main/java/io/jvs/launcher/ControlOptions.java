package io.jvs.launcher;

import io.jvs.launcher.configuration.ConfigurationException;
import io.jvs.launcher.configuration.ControlAddress;
import io.jvs.launcher.control.ControlClient;
import io.jvs.launcher.control.ControlLocation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which running director a command means. */
final class ControlOptions {
  @Option(
      names = "--control",
      paramLabel = "ADDRESS",
      description = "where it answers: 'control' of its file, or what its log says")
  private @Nullable String control;

  @Option(
      names = "--file",
      paramLabel = "FILE",
      description = "the director that runs this file; not needed if only one runs")
  private @Nullable Path file;

  /** For commands that take the file without {@code --file}. */
  ControlOptions of(@Nullable Path newFile) {
    file = newFile == null ? file : newFile;
    return this;
  }

  /** Asks it, or fails with what to do, or with what it objects to. */
  ControlClient.Answer ask(String method, String path) {
    ControlClient.Answer answer = exchange(method, path);
    if (answer.code() == 200) {
      return answer;
    }
    throw new CommandFailure(
        answer.code() == 422 ? ExitStatus.WRONG : ExitStatus.FAILED, answer.content().strip());
  }

  /** Asks it, or fails with what to do; whatever it answers. */
  ControlClient.Answer exchange(String method, String path) {
    ControlAddress address = address();
    try {
      return ControlClient.ask(address, method, path);
    } catch (IOException e) {
      throw new CommandFailure(
          ExitStatus.FAILED,
          "no director answers at "
              + address
              + ": "
              + e.getMessage()
              + " (expected: one started by 'jvs run'; its log says where it answers)");
    }
  }

  private ControlAddress address() {
    if (control != null) {
      try {
        return ControlAddress.parse(control, Path.of("").toAbsolutePath());
      } catch (IllegalArgumentException e) {
        throw new CommandFailure(ExitStatus.WRONG, "--control: " + e.getMessage());
      }
    }
    return file == null ? theOnlyOne() : addressOf(file);
  }

  private static ControlAddress addressOf(Path file) {
    try {
      ControlAddress named = Configurations.read(file).control();
      return named == null ? ControlLocation.of(file) : named;
    } catch (ConfigurationException e) {
      return ControlLocation.of(file); // it may be wrong by now, and its director still runs
    }
  }

  private static ControlAddress theOnlyOne() {
    List<ControlAddress> running = ControlLocation.running();
    if (running.size() == 1) {
      return running.get(0);
    }
    throw new CommandFailure(
        ExitStatus.FAILED,
        running.isEmpty()
            ? "no director answers in "
                + ControlLocation.directory()
                + " (start one by 'jvs run FILE', or say which by --file or --control)"
            : "several directors answer, at " + running + " (say which by --file or --control)");
  }
}

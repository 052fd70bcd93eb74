package io.jvs.launcher;

import io.jvs.launcher.configuration.Configuration;
import io.jvs.launcher.configuration.ConfigurationException;
import io.jvs.launcher.configuration.ConfigurationFile;
import io.jvs.launcher.configuration.PolicyJars;
import io.jvs.launcher.configuration.Problem;
import io.jvs.launcher.running.Transports;
import io.jvs.scheduling.Schedulers;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** Reads configuration files for commands, with the transports that there are. */
final class Configurations {
  /** More would only scroll the first ones, which often cause the rest, off the screen. */
  private static final int SHOWN = 50;

  private Configurations() {}

  static Configuration read(Path file) throws ConfigurationException {
    return read(file, jars());
  }

  /** With jars that are open already, for a process that reads its file again. */
  static Configuration read(Path file, PolicyJars jars) throws ConfigurationException {
    return ConfigurationFile.read(file, jars, Transports::objection);
  }

  static PolicyJars jars() {
    return new PolicyJars(Schedulers.installed());
  }

  /** As {@link #read}, for a command that ends if the file is wrong. */
  static Configuration readOrFail(Path file) {
    return readOrFail(file, jars());
  }

  static Configuration readOrFail(Path file, PolicyJars jars) {
    try {
      return read(file, jars);
    } catch (ConfigurationException e) {
      List<Problem> problems = e.problems();
      String shown =
          problems.stream().limit(SHOWN).map(Problem::toString).collect(Collectors.joining("\n"));
      int more = problems.size() - SHOWN;
      throw new CommandFailure(
          ExitStatus.WRONG, more > 0 ? shown + "\n… and " + more + " more" : shown);
    }
  }
}

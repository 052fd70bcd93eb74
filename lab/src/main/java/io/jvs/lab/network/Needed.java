package io.jvs.lab.network;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** What a test needs of its machine: it is skipped where that is missing, and fails in CI. */
public final class Needed {
  private Needed() {}

  /**
   * Skips the test if a command is not installed.
   *
   * @param command its name, without a directory
   * @param debianPackage that has it, for who reads the reason
   */
  public static void command(String command, String debianPackage) {
    for (String directory : new String[] {"/usr/sbin", "/sbin", "/usr/bin", "/bin"}) {
      if (Files.isExecutable(Path.of(directory, command))) {
        return;
      }
    }
    that(false, "no " + command + " (Debian: " + debianPackage + ")");
  }

  static void that(boolean present, String otherwise) {
    if (!present) {
      if (System.getenv("CI") != null) {
        throw new AssertionError("in CI nothing is skipped: " + otherwise);
      }
      Assumptions.abort("skipped: " + otherwise);
    }
  }
}

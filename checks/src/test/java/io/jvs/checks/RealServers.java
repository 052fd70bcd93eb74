package io.jvs.checks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Whether the real servers are installed that tests start. */
public final class RealServers {
  private RealServers() {}

  /** Skips the test if {@code program} is not installed, but not in CI: there it fails. */
  public static void need(String program, String debianPackage) {
    boolean installed =
        Stream.of((System.getenv("PATH") + ":/usr/sbin:/sbin").split(File.pathSeparator))
            .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
    String hint = program + " is not installed; apt-get install " + debianPackage;
    if (System.getenv("CI") != null) {
      assertThat(installed).as(hint).isTrue();
    }
    if (!installed) {
      System.out.println("skipped: " + hint);
    }
    assumeTrue(installed, hint);
  }

  /** Skips the test unless it runs as root, without whom {@code server} does not start. */
  public static void needRoot(String server) {
    boolean root = "root".equals(System.getProperty("user.name"));
    String hint = server + " starts only as root";
    if (System.getenv("CI") != null) {
      assertThat(root).as(hint).isTrue();
    }
    if (!root) {
      System.out.println("skipped: " + hint);
    }
    assumeTrue(root, hint);
  }
}

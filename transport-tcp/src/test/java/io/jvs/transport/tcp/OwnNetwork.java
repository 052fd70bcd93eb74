package io.jvs.transport.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A program of the tests on a network of its own, where it may do what would hurt others: change
 * settings, filter and capture packets, use up ports.
 */
final class OwnNetwork {
  private static final long PATIENCE_SECONDS = 150;

  private OwnNetwork() {}

  /**
   * Runs a program to its end; it must succeed. Skips the test, with a reason, where namespaces are
   * not permitted or a command is missing, which in CI fails it.
   *
   * @param commands that are needed
   * @param setup of the network, for sh, with {@code lo} up already
   * @return what it has said
   */
  static List<String> run(
      Path folder, List<String> commands, String setup, Class<?> program, String... arguments)
      throws IOException, InterruptedException {
    for (String command : commands) {
      require(answers("command -v " + command), command + " is not installed");
    }
    String unshare = unshare();
    require(unshare != null, "network namespaces are not permitted");
    Path errors = folder.resolve("errors.log");
    Path out = folder.resolve("out.log");
    List<String> command = new ArrayList<>(List.of("sh", "-c"));
    command.add(
        "PATH=$PATH:/usr/sbin:/sbin; exec "
            + unshare
            + " sh -e -c 'ip link set lo up; "
            + setup
            + "; exec \"$@\"' sh \"$@\"");
    command.add("sh");
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx512m", "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), program.getName()));
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(out.toFile())
            .redirectError(errors.toFile())
            .redirectInput(new File("/dev/null"))
            .start();
    try {
      boolean ended = process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
      assertThat(ended && process.exitValue() == 0)
          .as("%s has ended well: %s", program.getSimpleName(), Files.readString(errors))
          .isTrue();
    } finally {
      process.destroyForcibly();
    }
    return Files.readAllLines(out, StandardCharsets.UTF_8);
  }

  private static @Nullable String unshare() throws IOException, InterruptedException {
    for (String unshare : List.of("unshare -n", "unshare -rn")) { // root's, or anybody's
      if (answers(unshare + " ip link set lo up")) {
        return unshare;
      }
    }
    return null;
  }

  private static void require(boolean present, String otherwise) {
    assertThat(present || System.getenv("CI") == null).as(otherwise).isTrue();
    assumeTrue(present, otherwise);
  }

  private static boolean answers(String command) throws IOException, InterruptedException {
    return new ProcessBuilder("sh", "-c", "PATH=$PATH:/usr/sbin:/sbin; " + command)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start()
            .waitFor()
        == 0;
  }
}

package io.jvs.lab.network;

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
public final class OwnNetwork {
  private static final long PATIENCE_SECONDS = 150;

  private OwnNetwork() {}

  /**
   * Runs a program to its end; it must succeed. Skips the test, with a reason, where namespaces are
   * not permitted, which in CI fails it.
   *
   * @param folder for what it says
   * @param setup of the network, for sh, with {@code lo} up already
   * @param program its main class
   * @param arguments for it
   * @return what it has said
   * @throws IOException if it cannot be started or heard
   * @throws InterruptedException while it runs
   */
  public static List<String> run(Path folder, String setup, Class<?> program, String... arguments)
      throws IOException, InterruptedException {
    String unshare = unshare();
    Needed.that(unshare != null, "network namespaces are not permitted");
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
    command.addAll(JavaProgram.command(program, arguments));
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(out.toFile())
            .redirectError(errors.toFile())
            .redirectInput(new File("/dev/null"))
            .start();
    try {
      boolean ended = process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
      if (!ended || process.exitValue() != 0) {
        throw new AssertionError(
            program.getSimpleName() + " has not ended well: " + Files.readString(errors));
      }
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

  private static boolean answers(String command) throws IOException, InterruptedException {
    return new ProcessBuilder("sh", "-c", "PATH=$PATH:/usr/sbin:/sbin; " + command)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start()
            .waitFor()
        == 0;
  }
}

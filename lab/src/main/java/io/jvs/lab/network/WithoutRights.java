package io.jvs.lab.network;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A program of the tests in a process without rights, also where the tests are root's. */
public final class WithoutRights {
  private WithoutRights() {}

  /**
   * Runs a program to its end. Skips the test where it is root's and cannot drop its rights.
   *
   * @param program its main class
   * @return the lines that it has said
   * @throws IOException if it cannot be started or heard
   */
  public static List<String> run(Class<?> program) throws IOException {
    List<String> command = new ArrayList<>();
    if ("root".equals(System.getProperty("user.name"))) {
      Needed.command("setpriv", "util-linux");
      command.addAll(List.of("setpriv", "--bounding-set=-all", "--inh-caps=-all"));
    }
    command.addAll(JavaProgram.command(program));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    try {
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return said.lines().toList();
    } finally {
      process.destroyForcibly();
    }
  }
}

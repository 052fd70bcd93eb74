package io.jvs.kernel.ipvs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** Commands in a guest of the lab. */
final class Shell {
  private Shell() {}

  /**
   * Runs a line of sh and returns what it wrote.
   *
   * @throws AssertionError with that if its exit status is not 0
   */
  static String sh(String line) {
    try {
      Process process = new ProcessBuilder("sh", "-c", line).redirectErrorStream(true).start();
      process.getOutputStream().close();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      int status = process.waitFor();
      if (status != 0) {
        throw new AssertionError(line + ": exit status " + status + "\n" + output);
      }
      return output;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}

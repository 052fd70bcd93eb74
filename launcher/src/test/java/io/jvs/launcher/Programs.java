package io.jvs.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Programs of this machine: whether they are there, and what they print. */
final class Programs {
  private Programs() {}

  /** Skips a test for want of one; in CI it fails. */
  static void require(String... programs) throws Exception {
    for (String program : programs) {
      boolean present = Nginx.isInstalled(program);
      assertThat(present || System.getenv("CI") == null).as(program + " is installed").isTrue();
      assumeTrue(present, program + " is not installed");
    }
  }

  /** One that may live in sbin; what it prints goes into a file. */
  static Process start(Path log, List<String> command) throws IOException {
    List<String> all =
        new ArrayList<>(List.of("sh", "-c", "PATH=$PATH:/usr/sbin exec \"$@\"", "sh"));
    all.addAll(command);
    return new ProcessBuilder(all).redirectErrorStream(true).redirectOutput(log.toFile()).start();
  }

  static String output(String... command) throws Exception {
    return finished(new ProcessBuilder(command).redirectErrorStream(true).start());
  }

  /** What it has printed, when it has ended well. */
  static String finished(Process process) throws Exception {
    String report = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(report).isZero();
    return report;
  }

  static String figure(String text, String pattern) {
    Matcher matcher = Pattern.compile(pattern).matcher(text);
    assertThat(matcher.find()).as("'%s' in %s", pattern, text).isTrue();
    return matcher.group(1);
  }
}

package io.jvs.kernel.ipvs;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;

/** The other one who asks and changes the kernel's table. */
final class Ipvsadm {
  private Ipvsadm() {}

  /** Lines without the spaces at their ends. */
  static List<String> run(String... arguments) throws IOException, InterruptedException {
    return command(Stream.concat(Stream.of("ipvsadm"), Stream.of(arguments)).toList());
  }

  static List<String> command(List<String> command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    if (process.waitFor() != 0) {
      throw new AssertionError(command + ": exit status " + process.exitValue() + ": " + output);
    }
    return output.lines().map(String::stripTrailing).toList();
  }
}

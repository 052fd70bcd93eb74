package io.jvs.transport.tcp;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A program of the tests in a process of its own, since file descriptors are counted for each
 * process. It is talked to in lines.
 */
final class ChildJvm implements AutoCloseable {
  private final Process process;
  private final BufferedReader out;
  private final BufferedWriter in;

  private ChildJvm(Process process) {
    this.process = process;
    this.out = process.inputReader(StandardCharsets.UTF_8);
    this.in = process.outputWriter(StandardCharsets.UTF_8);
  }

  /**
   * @param descriptors how many it may have, or {@code hard} for as many as the system allows
   */
  static ChildJvm start(Path errors, String descriptors, Class<?> program, String... arguments)
      throws IOException {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String limit = descriptors.equals("hard") ? "$(ulimit -Hn)" : descriptors;
    List<String> command =
        List.of(
            "bash",
            "-c",
            "ulimit -n "
                + limit
                + " && exec \"$0\" -Xmx512m -XX:-MaxFDLimit -XX:TieredStopAtLevel=1 -cp \"$1\" \"$2\""
                + " \"${@:3}\"",
            java,
            System.getProperty("java.class.path"),
            program.getName());
    ProcessBuilder builder = new ProcessBuilder(new java.util.ArrayList<>(command));
    builder.command().addAll(List.of(arguments));
    builder.redirectError(errors.toFile());
    return new ChildJvm(builder.start());
  }

  /** The next line that it says. */
  String line() throws IOException {
    String line = out.readLine();
    if (line == null) {
      throw new IOException("the child has ended: " + process);
    }
    return line;
  }

  /** Says a line and hears one. */
  String ask(String question) throws IOException {
    in.write(question);
    in.newLine();
    in.flush();
    return line();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  @Override
  public void close() throws IOException {
    in.close(); // it ends when it hears nothing more
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}

package io.jvs.agent;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A program that says what to answer. With exit status 0 the first line that it prints is words of
 * agent-check, or a number, the percentage; with any other status the server is down, and the line
 * says why. One that takes too long, or that cannot be run, says nothing.
 *
 * @param command program and arguments
 * @param timeout after which it is ended, with the processes that it started
 */
public record Script(List<String> command, Duration timeout) {
  private static final int LONGEST_LINE = 1024;

  public Script {
    command = List.copyOf(command);
    if (command.isEmpty() || command.get(0).isBlank()) {
      throw new IllegalArgumentException("agent script without a command (expected: a program)");
    }
    if (timeout.isNegative() || timeout.isZero()) {
      throw new IllegalArgumentException(
          "agent script timeout " + timeout + " (expected: more than 0)");
    }
  }

  /** A line for the shell. */
  public static Script shell(String line, Duration timeout) {
    if (line.isBlank()) {
      throw new IllegalArgumentException("agent script '" + line + "' (expected: a command)");
    }
    return new Script(List.of("/bin/sh", "-c", line), timeout);
  }

  /**
   * Runs it. Blocks for at most the timeout.
   *
   * @throws IOException if it gave no answer; the message says why
   */
  Answer run() throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try {
      process.getOutputStream().close(); // it has nothing to read
      if (!process.waitFor(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
        throw new IOException("not ended after " + timeout.toMillis() + " ms");
      }
      // It has ended, so all it printed is in the pipe, and a child of it cannot make us wait.
      int size = Math.min(LONGEST_LINE, process.getInputStream().available());
      byte[] printed = process.getInputStream().readNBytes(size);
      String line =
          new String(printed, StandardCharsets.UTF_8)
              .lines()
              .findFirst()
              .orElse("")
              .replaceAll("[^ -~\t]", "?")
              .strip();
      return process.exitValue() == 0 ? Answer.parse(line) : down(process.exitValue(), line);
    } catch (IllegalArgumentException e) {
      throw new IOException(e.getMessage(), e);
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  private static Answer down(int status, String line) {
    String why = line.isEmpty() ? "exit status " + status : line.replace('\t', ' ');
    return Answer.NOTHING.down(why.length() <= 200 ? why : why.substring(0, 200));
  }

  @Override
  public String toString() {
    return "script " + String.join(" ", command);
  }
}

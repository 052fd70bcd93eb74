package io.jvs.feedback;

import io.jvs.model.Durations;
import io.jvs.model.RealServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A program that tells the load of one server: called with the server's host and port as its last
 * arguments, it prints a number on its first line and ends with status 0.
 *
 * @param command program and arguments
 * @param timeout after which it is ended
 */
public record LoadScript(List<String> command, Duration timeout) implements LoadMeasure {
  private static final int LONGEST_OUTPUT = 256;

  public LoadScript {
    command = List.copyOf(command);
    if (command.isEmpty() || command.get(0).isBlank()) {
      throw new IllegalArgumentException(
          "feedback script without a program (expected: it first, then its arguments)");
    }
    if (timeout.isNegative() || timeout.isZero()) {
      throw new IllegalArgumentException(
          "feedback script timeout " + Durations.format(timeout) + " (expected: more than 0)");
    }
  }

  @Override
  public double measure(RealServer server) throws IOException, InterruptedException {
    List<String> line = new ArrayList<>(command);
    line.add(server.address().getHostString());
    line.add(String.valueOf(server.address().getPort()));
    Process process =
        new ProcessBuilder(line).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    try {
      process.getOutputStream().close();
      if (!process.waitFor(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
        throw new IOException(this + " took more than " + Durations.format(timeout));
      }
      if (process.exitValue() != 0) {
        throw new IOException(this + " ended with status " + process.exitValue());
      }
      // It has ended, so all is in the pipe, and no child of it can make us wait.
      int size = Math.min(LONGEST_OUTPUT, process.getInputStream().available());
      byte[] printed = process.getInputStream().readNBytes(size);
      return number(new String(printed, StandardCharsets.UTF_8));
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  private double number(String printed) throws IOException {
    String first = printed.lines().findFirst().orElse("").strip();
    try {
      double value = Double.parseDouble(first);
      if (value >= 0 && value < Double.POSITIVE_INFINITY) {
        return value;
      }
    } catch (NumberFormatException e) {
      // told below
    }
    throw new IOException(this + " printed '" + first + "' (expected: a number, 0 or more)");
  }

  @Override
  public String kind() {
    return "script";
  }

  @Override
  public String toString() {
    return "script " + command.get(0);
  }
}

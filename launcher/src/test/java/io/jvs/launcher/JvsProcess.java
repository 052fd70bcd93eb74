package io.jvs.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** {@code jvs} as a process of its own, from the class path of the tests; with its log. */
final class JvsProcess implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 60;

  private final Process process;
  private final List<String> log = new ArrayList<>(); // guarded by itself
  private final Thread reader;

  /**
   * Starts it.
   *
   * @param runtime where it puts its control socket
   */
  JvsProcess(Path runtime, String... arguments) throws IOException {
    this(List.of(), runtime, arguments);
  }

  /** Runs a file with another option of Java. */
  static JvsProcess withOption(String option, Path runtime, Path file) throws IOException {
    return new JvsProcess(List.of(option), runtime, "run", file.toString());
  }

  private JvsProcess(List<String> options, Path runtime, String... arguments) throws IOException {
    List<String> command = command();
    command.addAll(1, options);
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("XDG_RUNTIME_DIR", runtime.toString());
    process = builder.start();
    process.getOutputStream().close();
    reader = new Thread(this::read, "jvs-process-log");
    reader.setDaemon(true);
    reader.start();
  }

  /** What starts it, but for the arguments. */
  static List<String> command() {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx256m"));
    command.addAll(List.of("--enable-native-access=ALL-UNNAMED"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), "io.jvs.launcher.Main"));
    return command;
  }

  /** Waits for a line with this in it, after {@code already} such lines, and returns it. */
  String awaitLine(String part, int already) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    synchronized (log) {
      while (true) {
        List<String> found = log.stream().filter(line -> line.contains(part)).toList();
        if (found.size() > already) {
          return found.get(already);
        }
        long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
        assertThat(left > 0 && (process.isAlive() || reader.isAlive()))
            .as("waiting for '%s' in %s", part, log)
            .isTrue();
        log.wait(Math.min(left, 1000));
      }
    }
  }

  String awaitLine(String part) throws InterruptedException {
    return awaitLine(part, 0);
  }

  /** Sends a signal, such as {@code HUP}. */
  void signal(String name) throws IOException, InterruptedException {
    assertThat(
            new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor())
        .isZero();
  }

  /** Waits for its end and returns its exit status. */
  int awaitExit() throws InterruptedException {
    assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS))
        .as("ended; %s", lines())
        .isTrue();
    reader.join();
    return process.exitValue();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  List<String> lines() {
    synchronized (log) {
      return List.copyOf(log);
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }

  private void read() {
    try (BufferedReader in = process.inputReader()) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        synchronized (log) {
          log.add(line);
          log.notifyAll();
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

package io.jvs.transport.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A program of this machine, started by a test; ended with it. */
final class RealProgram implements AutoCloseable {
  private final Process process;

  private RealProgram(Process process) {
    this.process = process;
  }

  /** Skips the test if it is not installed, but not in CI: there it fails. */
  static void need(String program, String debianPackage) {
    need(find(program) != null, program + " is not installed; apt-get install " + debianPackage);
  }

  /** As {@link #need(String, String)}, for anything. */
  static void need(boolean present, String hint) {
    if (System.getenv("CI") != null) {
      assertThat(present).as(hint).isTrue();
    }
    if (!present) {
      System.out.println("skipped: " + hint);
    }
    assumeTrue(present, hint);
  }

  private static @org.jspecify.annotations.Nullable String find(String program) {
    return Stream.of((System.getenv("PATH") + ":/usr/sbin:/sbin").split(":", -1))
        .map(directory -> Path.of(directory, program))
        .filter(Files::isExecutable)
        .findFirst()
        .map(Path::toString)
        .orElse(null);
  }

  private static ProcessBuilder builder(String... command) {
    List<String> words = new ArrayList<>(Arrays.asList(command));
    String path = find(command[0]);
    assertThat(path).as(command[0]).isNotNull();
    words.set(0, path);
    return new ProcessBuilder(words).redirectErrorStream(true);
  }

  /** Starts it and waits until it listens at all these addresses. */
  static RealProgram start(Path log, List<InetSocketAddress> listens, String... command)
      throws Exception {
    Process process = builder(command).redirectOutput(log.toFile()).start();
    RealProgram program = new RealProgram(process);
    try {
      for (InetSocketAddress address : listens) {
        Sockets.await(command[0] + " at " + address, () -> !process.isAlive() || accepts(address));
        assertThat(process.isAlive()).as(Files.readString(log)).isTrue();
      }
      return program;
    } catch (AssertionError | IOException e) {
      program.close();
      throw e;
    }
  }

  private static boolean accepts(InetSocketAddress address) {
    try (Socket probe = new Socket()) {
      probe.connect(address, 1000);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** Runs it to its end with this input, and returns what it has printed. */
  static String run(Path directory, String input, String... command) throws Exception {
    Path in = Files.writeString(directory.resolve("input"), input);
    Path out = directory.resolve("output");
    Process process =
        builder(command).redirectInput(in.toFile()).redirectOutput(out.toFile()).start();
    if (!process.waitFor(20, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError("not within 20 s: " + String.join(" ", command));
    }
    return Files.readString(out, java.nio.charset.StandardCharsets.ISO_8859_1);
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(20, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}

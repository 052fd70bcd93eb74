package io.jvs.benchmarks.soak;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/** A director in a process of its own, its file and its log. */
final class Director implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 60;

  private final Path file;
  private final List<AnswerServer> servers;
  private final String engine;
  private final int port;
  private final Process process;
  private final Thread reader;
  private final List<String> log = new ArrayList<>(); // guarded by itself, as the next
  private final List<String> complaints = new ArrayList<>();
  private int reloaded;

  /**
   * Starts it and waits until it carries.
   *
   * @param java arguments up to the main class, such as {@code -jar jvs.jar}
   */
  Director(Path directory, List<String> java, String engine, List<AnswerServer> servers)
      throws IOException, InterruptedException {
    this.file = directory.resolve("soak.yaml");
    this.servers = servers;
    this.engine = engine;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    write(servers, servers.stream().map(server -> 1).toList());
    List<String> command = new ArrayList<>();
    // Under nohup HUP is ignored, by children as well, and a JVM leaves it at that.
    command.addAll(List.of("env", "--default-signal=HUP"));
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:+UseSerialGC", "-XX:NativeMemoryTracking=summary"));
    command.addAll(java);
    command.addAll(List.of("run", file.toString()));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("XDG_RUNTIME_DIR", directory.toString());
    process = builder.start();
    process.getOutputStream().close();
    reader = new Thread(this::read, "director-log");
    reader.setDaemon(true);
    reader.start();
    try {
      awaitLines("ready: ", 1);
    } catch (IOException e) {
      close();
      throw e;
    }
  }

  int port() {
    return port;
  }

  long pid() {
    return process.pid();
  }

  int reloads() {
    return reloaded;
  }

  /** Other servers, at least half of them, and other weights; waits until it has taken effect. */
  void reload(RandomGenerator random) throws IOException, InterruptedException {
    List<AnswerServer> listed = new ArrayList<>(servers);
    for (int i = random.nextInt(servers.size() / 2 + 1); i > 0; i--) {
      listed.remove(random.nextInt(listed.size()));
    }
    write(listed, listed.stream().map(server -> 1 + random.nextInt(5)).toList());
    signal("HUP");
    awaitLines("reloaded", reloaded + 1);
    reloaded++;
  }

  private void write(List<AnswerServer> listed, List<Integer> weights) throws IOException {
    StringBuilder text =
        new StringBuilder(
            """
            transport: { tcp: { engine: %s } }
            services:
              - name: soak
                address: tcp 127.0.0.1:%d
                scheduler: wlc
                health: { check: tcp-connect, interval: 1s, timeout: 900ms, fall: 5 }
                realServers:
            """
                .formatted(engine, port));
    for (int i = 0; i < listed.size(); i++) {
      text.append(
          "      - { address: \"127.0.0.1:%d\", weight: %d }\n"
              .formatted(listed.get(i).port(), weights.get(i)));
    }
    Files.writeString(file, text);
  }

  private void signal(String name) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + name, Long.toString(pid())).inheritIO().start().waitFor();
  }

  private void awaitLines(String part, int wanted) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    synchronized (log) {
      while (log.stream().filter(line -> line.contains(part)).count() < wanted) {
        if (System.nanoTime() > deadline || !process.isAlive()) {
          throw new IOException("no '" + part + "' in the director's log: " + log);
        }
        log.wait(100);
      }
    }
  }

  /** Warnings and errors of its log. */
  List<String> complaints() {
    synchronized (log) {
      return List.copyOf(complaints);
    }
  }

  private void read() {
    try (BufferedReader in = process.inputReader()) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        synchronized (log) {
          log.add(line);
          if (line.contains(" WARN ") || line.contains(" ERROR ")) {
            complaints.add(line);
          }
          log.notifyAll();
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Tells it to end; its exit status. */
  int end() throws IOException, InterruptedException {
    signal("TERM");
    if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      throw new IOException("the director does not end");
    }
    return process.exitValue();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}

package io.jvs.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A PostgreSQL server of our own with an empty database; it does not run as root. */
final class PostgreSql implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 60;

  private final Path directory = Files.createTempDirectory("jvs-postgresql");
  private final Path programs = programs().orElseThrow();
  private final List<String> asUser;
  private final int port = Nginx.freePort();
  private final Process process;

  PostgreSql() throws IOException, InterruptedException {
    boolean root = Files.getOwner(Path.of("/proc/self")).getName().equals("root");
    asUser = root ? List.of("runuser", "-u", "postgres", "--") : List.of();
    if (root) {
      run("chown", "postgres", directory.toString());
    }
    String data = directory.resolve("data").toString();
    run(command("initdb", "-D", data, "-A", "trust", "-U", "postgres", "--no-sync"));
    process =
        new ProcessBuilder(
                command(
                    "postgres",
                    "-D",
                    data,
                    "-h",
                    "127.0.0.1",
                    "-p",
                    Integer.toString(port),
                    "-k",
                    directory.toString(),
                    "-F"))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (status(command("pg_isready", "-h", "127.0.0.1", "-p", Integer.toString(port))) != 0) {
      assertThat(process.isAlive() && System.nanoTime() < deadline).as("it starts").isTrue();
    }
  }

  /** Skips the test where there is no server; fails it in CI. */
  static void require() throws IOException {
    boolean present = programs().isPresent();
    assertThat(present || System.getenv("CI") == null).as("PostgreSQL is installed").isTrue();
    assumeTrue(present, "PostgreSQL is not installed");
  }

  /** Debian keeps each version's programs in a directory of its own; the newest. */
  private static Optional<Path> programs() throws IOException {
    Path versions = Path.of("/usr/lib/postgresql");
    if (!Files.isDirectory(versions)) {
      return Optional.empty();
    }
    try (Stream<Path> all = Files.list(versions)) {
      return all.map(version -> version.resolve("bin"))
          .filter(bin -> Files.isExecutable(bin.resolve("postgres")))
          .max(Path::compareTo);
    }
  }

  int port() {
    return port;
  }

  /** One of its programs, run as its user, who is the database's too. */
  String[] command(String program, String... arguments) {
    List<String> command = new ArrayList<>(asUser);
    command.addAll(List.of("env", "PGUSER=postgres", "PGDATABASE=postgres"));
    command.add(programs.resolve(program).toString());
    command.addAll(List.of(arguments));
    return command.toArray(String[]::new);
  }

  private static void run(String... command) throws IOException, InterruptedException {
    assertThat(status(command)).as(List.of(command).toString()).isZero();
  }

  private static int status(String... command) throws IOException, InterruptedException {
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
  }

  @Override
  public void close() throws IOException {
    List<ProcessHandle> all = process.descendants().toList(); // behind runuser, and its helpers
    all.forEach(ProcessHandle::destroy);
    process.destroy();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        all.forEach(ProcessHandle::destroyForcibly);
      }
      run("rm", "-rf", directory.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

package io.jvs.checks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A real server in the foreground, which ends with {@link #close} and all that it has started. */
public final class ServerProcess implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Process process;
  private final Path log;

  private ServerProcess(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  /**
   * Starts it; what it prints goes to {@code output.log}.
   *
   * @param directory where it is to run
   */
  public static ServerProcess start(Path directory, String... command) throws IOException {
    List<String> words =
        new ArrayList<>(List.of("sh", "-c", "PATH=$PATH:/usr/sbin:/sbin exec \"$@\"", "sh"));
    words.addAll(List.of(command));
    Path log = directory.resolve("output.log");
    return new ServerProcess(
        new ProcessBuilder(words)
            .directory(directory.toFile())
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start(),
        log);
  }

  /** Returns when it accepts connections there. */
  public ServerProcess awaitListening(InetSocketAddress address) throws IOException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      try (Socket socket = new Socket()) {
        socket.connect(address);
        return this;
      } catch (IOException e) {
        assertThat(process.isAlive()).as("it has ended: %s", Files.readString(log)).isTrue();
        assertThat(System.nanoTime()).as(Files.readString(log)).isLessThan(deadline);
        LockSupport.parkNanos(10_000_000);
      }
    }
  }

  /** Asks it to end, and insists after a while. */
  @Override
  public void close() {
    List<ProcessHandle> children = process.descendants().toList();
    process.destroy();
    if (process.onExit().completeOnTimeout(process, 10, TimeUnit.SECONDS).join().isAlive()) {
      process.destroyForcibly();
    }
    children.forEach(ProcessHandle::destroyForcibly);
  }
}

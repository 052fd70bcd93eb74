package io.jvs.transport.udp;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import jnr.ffi.LibraryLoader;
import org.junit.jupiter.api.Assumptions;

/**
 * A network namespace: that of one thread of this process, and of the threads, sockets and
 * processes that it makes. Gone when it is closed.
 */
final class Namespace implements AutoCloseable {
  private static final int CLONE_NEWNET = 0x40000000;

  interface Task<T> {
    T run() throws Exception;
  }

  interface Step {
    void run() throws Exception;
  }

  private final ExecutorService thread;
  private final String threadId;

  private Namespace(ExecutorService thread, String threadId) {
    this.thread = thread;
    this.threadId = threadId;
  }

  /** Skips the test where that is not permitted, or a command is missing. */
  static Namespace open(String name) {
    Assumptions.assumeTrue(
        Files.isDirectory(Path.of("/proc/thread-self")), "skipped: network namespaces are Linux's");
    assumeCommand("ip", "iproute2");
    ExecutorService thread =
        Executors.newSingleThreadExecutor(
            task -> {
              Thread made = new Thread(task, name);
              made.setDaemon(true);
              return made;
            });
    try {
      int failed = thread.submit(() -> Calls.C.unshare(CLONE_NEWNET)).get();
      if (failed != 0) {
        thread.shutdown();
        Assumptions.abort("skipped: a network namespace needs root (unshare(2) is refused)");
      }
      String id =
          thread
              .submit(() -> Files.readSymbolicLink(Path.of("/proc/thread-self")).getFileName())
              .get()
              .toString();
      Namespace namespace = new Namespace(thread, id);
      namespace.sh("ip link set lo up");
      return namespace;
    } catch (InterruptedException | ExecutionException e) {
      thread.shutdown();
      throw new AssertionError(e);
    }
  }

  private static final class Calls {
    static final NamespaceCalls C = LibraryLoader.create(NamespaceCalls.class).load("c");
  }

  <T> T call(Task<T> task) {
    try {
      return thread.submit(task::run).get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new AssertionError(e.getCause());
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  void run(Step step) {
    call(
        () -> {
          step.run();
          return true;
        });
  }

  /** Runs lines of sh here, and returns what they said. */
  String sh(String lines) {
    return call(() -> output(lines));
  }

  private static String output(String lines) throws Exception {
    ProcessBuilder builder = new ProcessBuilder("sh", "-ec", lines).redirectErrorStream(true);
    builder.environment().merge("PATH", "/usr/sbin:/sbin", (path, more) -> path + ":" + more);
    Process process = builder.start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new AssertionError(lines + "\n" + output);
    }
    return output;
  }

  /** A wire to another namespace, with an IPv4 and an IPv6 address at each end. */
  void wire(String device, String addresses, Namespace other, String otherDevice, String others) {
    sh(
        "ip link add "
            + device
            + " type veth peer name "
            + otherDevice
            + " netns "
            + other.threadId);
    up(device, addresses);
    other.up(otherDevice, others);
  }

  private void up(String device, String addresses) {
    StringBuilder lines = new StringBuilder();
    for (String address : addresses.split(" ", -1)) {
      lines.append("ip address add ").append(address).append(" dev ").append(device);
      lines.append(address.contains(":") ? " nodad\n" : "\n");
    }
    sh(lines + "ip link set " + device + " up");
  }

  /** A value of /proc/sys/net, such as {@code ipv4/ip_forward}. */
  void set(String key, String value) {
    run(() -> Files.writeString(Path.of("/proc/sys/net", key), value));
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }

  static void assumeCommand(String command, String debianPackage) {
    for (String directory : new String[] {"/usr/sbin", "/sbin", "/usr/bin", "/bin"}) {
      if (Files.isExecutable(Path.of(directory, command))) {
        return;
      }
    }
    String hint = "skipped: no " + command + " (Debian: " + debianPackage + ")";
    if (System.getenv("CI") != null) {
      throw new UncheckedIOException(new IOException(hint));
    }
    Assumptions.abort(hint);
  }
}

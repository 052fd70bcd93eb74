package io.jvs.lab.network;

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
public final class Namespace implements AutoCloseable {
  private static final int CLONE_NEWNET = 0x40000000;

  /**
   * What is done in a namespace for a result.
   *
   * @param <T> of the result
   */
  public interface Task<T> {
    /**
     * Does it.
     *
     * @throws Exception if that fails, and with it the test
     */
    T run() throws Exception;
  }

  /** What is done in a namespace. */
  public interface Step {
    /**
     * Does it.
     *
     * @throws Exception if that fails, and with it the test
     */
    void run() throws Exception;
  }

  private final ExecutorService thread;
  private final String threadId;

  private Namespace(ExecutorService thread, String threadId) {
    this.thread = thread;
    this.threadId = threadId;
  }

  /**
   * Makes one, with {@code lo} up. Skips the test where that is not permitted, or a command is
   * missing.
   *
   * @param name of its thread
   */
  public static Namespace open(String name) {
    Assumptions.assumeTrue(
        Files.isDirectory(Path.of("/proc/thread-self")), "skipped: network namespaces are Linux's");
    Needed.command("ip", "iproute2");
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

  /** Runs a task here, and returns its result; what it throws fails the test. */
  public <T> T call(Task<T> task) {
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

  /** Runs a step here; what it throws fails the test. */
  public void run(Step step) {
    call(
        () -> {
          step.run();
          return true;
        });
  }

  /** Runs lines of sh here, all of which must succeed, and returns what they said. */
  public String sh(String lines) {
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

  /**
   * A wire to another namespace, with a device and addresses at each end.
   *
   * @param device of this end
   * @param addresses of this end, each with the length of its prefix, separated by spaces
   * @param other where the other end is
   * @param otherDevice of the other end
   * @param others the addresses of the other end
   */
  public void wire(
      String device, String addresses, Namespace other, String otherDevice, String others) {
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

  /** Sets a value of /proc/sys/net, such as {@code ipv4/ip_forward}. */
  public void set(String key, String value) {
    run(() -> Files.writeString(Path.of("/proc/sys/net", key), value));
  }

  /** Loads rules of nft; skips the test where nft is missing. */
  public void nft(String rules) {
    Needed.command("nft", "nftables");
    sh("nft -f - <<'END'\n" + rules + "\nEND");
  }

  /** A counter of this namespace, as {@code nstat} names it without its group. */
  public long counter(String name) {
    return call(
        () -> {
          String[] lines =
              Files.readString(Path.of("/proc/thread-self/net/netstat")).split("\n", -1);
          for (int i = 0; i + 1 < lines.length; i += 2) {
            String[] names = lines[i].split(" ", -1);
            String[] values = lines[i + 1].split(" ", -1);
            for (int k = 0; k < names.length; k++) {
              if (names[k].equals(name)) {
                return Long.parseLong(values[k]);
              }
            }
          }
          throw new AssertionError("no counter " + name);
        });
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}

package io.jvs.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.opentest4j.TestAbortedException;

/**
 * Runs commands in guests, by {@code lab/ipvs-lab} of the source tree. Any thread; any number of
 * guests may run at once, but each keeps one processor busy.
 */
public final class Lab {
  private static final int FAILED = 125;

  private static @Nullable Lab ready;
  private static @Nullable String obstacle;

  private final Path script;

  private Lab(Path script) {
    this.script = script;
  }

  /** Whether this JVM runs in a guest. */
  public static boolean inside() {
    return System.getenv("IPVS_LAB") != null;
  }

  /**
   * The lab, for a test that cannot do without. The first call in a JVM downloads the Debian
   * packages that this machine lacks (45 MB) into {@code ~/.cache/jvs-lab}, without root.
   *
   * @throws TestAbortedException with the reason, which is printed too, if no guest can run here or
   *     {@code -Djvs.lab=off} forbids it
   * @throws AssertionError the same in CI: a CI run without these tests has not passed
   */
  public static synchronized Lab get() {
    if ("off".equals(System.getProperty("jvs.lab"))) {
      throw skip("-Djvs.lab=off");
    }
    if (ready == null && obstacle == null) {
      try {
        ready = prepare();
      } catch (IOException e) {
        obstacle = e.getMessage();
      }
    }
    if (ready != null) {
      return ready;
    }
    throw skip(String.valueOf(obstacle));
  }

  /** Prints why tests of the lab are skipped, for the caller to throw; in CI throws itself. */
  static TestAbortedException skip(String reason) {
    return skip(reason, System.getenv("CI") != null);
  }

  static TestAbortedException skip(String reason, boolean ci) {
    if (ci) {
      throw new AssertionError(
          "no guest of the lab: " + reason + " (CI is set, so that this is a failure)");
    }
    System.out.println("lab: tests are skipped: " + reason);
    return new TestAbortedException("no guest of the lab: " + reason);
  }

  /**
   * Starts a command as root of a fresh guest, in the present directory, with this JVM's
   * environment and JDK. Its output comes as it is written; the exit status is passed on (124: the
   * time limit, {@value #FAILED}: the guest could not boot or died). {@link Process#destroy} ends
   * the guest.
   *
   * <p>The guest sees this machine's files but for {@code /tmp}, {@code /run} and {@code /dev/shm},
   * of which it has its own; {@code visible} are directories that it is to see nevertheless.
   */
  public Process start(GuestOptions options, List<Path> visible, List<String> command) {
    return start(builder(options, visible, command));
  }

  private ProcessBuilder builder(GuestOptions options, List<Path> visible, List<String> command) {
    List<String> line = new ArrayList<>(List.of(script.toString(), "run"));
    line.addAll(List.of("-m", options.memory(), "-t", "" + options.timeout().toSeconds()));
    line.addAll(List.of("--while", "" + ProcessHandle.current().pid()));
    visible.forEach(directory -> line.addAll(List.of("--share", directory.toString())));
    line.add("--");
    line.addAll(command);
    ProcessBuilder builder = new ProcessBuilder(line);
    Map<String, String> environment = builder.environment();
    // The JVM of the guest is started without the agents and debuggers of this one.
    List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS").forEach(environment::remove);
    environment.put("JAVA_HOME", System.getProperty("java.home"));
    return builder;
  }

  private Process start(ProcessBuilder builder) {
    try {
      return builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot start " + script, e);
    }
  }

  /** Whether this exit status of {@link #start} speaks of the lab and not of the command. */
  static boolean failed(int status) {
    return status == FAILED;
  }

  /**
   * Runs a command as {@link #start} does and waits for its end.
   *
   * @return standard output and standard error in one, and the exit status
   */
  public Outcome run(GuestOptions options, String... command) {
    return Outcome.of(
        start(builder(options, List.of(), List.of(command)).redirectErrorStream(true)));
  }

  private static Lab prepare() throws IOException {
    if (inside()) {
      throw new IOException("this is a guest already");
    }
    Path script = home().resolve("ipvs-lab");
    if (!Files.isExecutable(script)) {
      throw new IOException(script + " is missing; the lab runs from the source tree only");
    }
    if (!Files.isDirectory(Path.of("/proc/self"))) {
      throw new IOException("this is not Linux");
    }
    if (run(script, "check").status() != 0) {
      System.out.println("lab: this machine lacks packages; running lab/ipvs-lab setup --cache");
      Outcome setup = run(script, "setup", "--cache");
      if (setup.status() != 0) {
        throw new IOException("lab/ipvs-lab setup --cache failed: " + setup.output().strip());
      }
      Outcome check = run(script, "check");
      if (check.status() != 0) {
        throw new IOException("lab/ipvs-lab check failed: " + check.output().strip());
      }
    }
    return new Lab(script);
  }

  /** The module's directory, from target/classes or target/jvs-lab.jar. */
  private static Path home() throws IOException {
    try {
      Path code = Path.of(Lab.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      Path target = code.getParent();
      Path home = target == null ? null : target.getParent();
      if (home == null) {
        throw new IOException("the lab runs from the source tree only, and not from " + code);
      }
      return home;
    } catch (URISyntaxException e) {
      throw new IOException(e);
    }
  }

  private static Outcome run(Path script, String... arguments) throws IOException {
    List<String> line = new ArrayList<>(List.of(script.toString()));
    line.addAll(List.of(arguments));
    return Outcome.of(new ProcessBuilder(line).redirectErrorStream(true).start());
  }
}

package io.jvs.benchmarks.proxy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A directory for this run and all processes of it. Both are gone after {@link #close}, which also
 * happens when the run is interrupted.
 */
final class Workshop implements AutoCloseable {
  private static final int SECONDS_TO_END = 3;
  private static final String SOURCES = "benchmarks/src/main/c/proxy/";

  private final Path directory = Files.createTempDirectory("jvs-proxy");
  private final Set<Process> processes = ConcurrentHashMap.newKeySet();
  private final Thread hook = new Thread(this::interrupt, "ends what was started");
  private final List<String> pinning;
  private volatile boolean interrupted;
  private final @Nullable Path tools;

  /** Processes that are pinned all go to one processor, the last of those allowed. */
  Workshop(@Nullable Path tools) throws IOException {
    this.tools = tools;
    this.pinning = pinning(new Programs(tools).find("taskset"));
    Runtime.getRuntime().addShutdownHook(hook);
  }

  private static List<String> pinning(@Nullable Path taskset) throws IOException {
    String[] processors = ProcessFigures.processors().split("[-,]", -1);
    return taskset == null
        ? List.of()
        : List.of(taskset.toString(), "-c", processors[processors.length - 1]);
  }

  /** Whether everything is on one processor; if not, ratios are worth less. */
  boolean pins() {
    return !pinning.isEmpty();
  }

  Path file(String name, String content) throws IOException {
    return Files.writeString(path(name), content);
  }

  Path path(String name) {
    return directory.resolve(name);
  }

  /** The program made of a C source of ours. */
  Path compile(String name) throws IOException, InterruptedException {
    Path program = path(name);
    String source = SOURCES + name + ".c";
    if (!Files.exists(Path.of(source))) { // a test is run within this module
      source = source.substring(source.indexOf('/') + 1);
    }
    Path compiler = new Programs(tools).find("cc");
    if (compiler == null) {
      throw new IOException("no C compiler, cc (Debian: apt install gcc libc6-dev)");
    }
    int status =
        new ProcessBuilder(compiler.toString(), "-O2", "-o", program.toString(), source)
            .inheritIO()
            .start()
            .waitFor();
    if (status != 0) {
      throw new IOException("cc " + source + " failed, see above");
    }
    return program;
  }

  /** Starts a process whose errors go to {@code log}; the output as well, if it is not read. */
  Process start(boolean pinned, boolean readOutput, Path log, List<String> command)
      throws IOException {
    List<String> all = new ArrayList<>(pinned ? pinning : List.of());
    all.addAll(command);
    ProcessBuilder builder = new ProcessBuilder(all);
    builder.redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
    if (!readOutput) {
      builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    }
    if (tools != null) {
      builder.environment().put("LD_LIBRARY_PATH", Programs.libraries(tools));
    }
    Process process = builder.start();
    processes.add(process);
    return process;
  }

  /** Ends it, and its children; at once, if it does not end by itself when told to. */
  void end(Process process) {
    List<ProcessHandle> children = process.descendants().toList();
    process.destroy();
    try {
      if (!process.waitFor(SECONDS_TO_END, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    children.forEach(ProcessHandle::destroyForcibly);
    processes.remove(process);
  }

  /** Whether this run was told to end early. What fails from then on fails for that reason. */
  boolean interrupted() {
    return interrupted;
  }

  @Override
  public void close() {
    if (!interrupted) {
      Runtime.getRuntime().removeShutdownHook(hook);
      clear();
    }
  }

  private void interrupt() {
    interrupted = true;
    clear();
  }

  private void clear() {
    processes.forEach(this::end);
    try (Stream<Path> all = Files.walk(directory)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

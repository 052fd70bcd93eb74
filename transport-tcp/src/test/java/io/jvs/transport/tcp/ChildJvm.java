package io.jvs.transport.tcp;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;

/**
 * A program of the tests in a process of its own, since file descriptors are counted for each
 * process. It is talked to in lines.
 */
final class ChildJvm implements AutoCloseable {
  private final Process process;
  private final BufferedReader out;
  private final BufferedWriter in;

  private ChildJvm(Process process) {
    this.process = process;
    this.out = process.inputReader(StandardCharsets.UTF_8);
    this.in = process.outputWriter(StandardCharsets.UTF_8);
  }

  /**
   * @param descriptors how many it may have, or {@code hard} for as many as the system allows
   */
  static ChildJvm start(Path errors, String descriptors, Class<?> program, String... arguments)
      throws IOException {
    return start(errors, descriptors, List.of(), program, arguments);
  }

  /**
   * @param options of the JVM, beside ours
   */
  static ChildJvm start(
      Path errors, String descriptors, List<String> options, Class<?> program, String... arguments)
      throws IOException {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String limit = descriptors.equals("hard") ? "$(ulimit -Hn)" : descriptors;
    List<String> command =
        List.of(
            "bash",
            "-c",
            "ulimit -n "
                + limit
                + " && exec \"$0\" -Xmx512m -XX:-MaxFDLimit -XX:TieredStopAtLevel=1 -cp \"$1\" \"$2\""
                + " \"${@:3}\"",
            java,
            Jars.classPath(),
            program.getName());
    ProcessBuilder builder = new ProcessBuilder(new ArrayList<>(command));
    builder.command().addAll(List.of(arguments));
    builder.environment().put("JDK_JAVA_OPTIONS", String.join(" ", options));
    builder.redirectError(errors.toFile());
    return new ChildJvm(builder.start());
  }

  /**
   * The class path of the tests with a jar for each folder, as users have it: a jar is opened once,
   * a class in a folder takes a descriptor when it is loaded, perhaps when there is none left.
   */
  private static final class Jars {
    private static final String CLASS_PATH = make();

    static String classPath() {
      return CLASS_PATH;
    }

    private static String make() {
      List<String> jars = new ArrayList<>();
      for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
        Path path = Path.of(entry);
        jars.add(Files.isDirectory(path) ? pack(path).toString() : entry);
      }
      return String.join(File.pathSeparator, jars);
    }

    private static Path pack(Path folder) {
      try {
        Path jar = Files.createTempFile("classes", ".jar");
        jar.toFile().deleteOnExit();
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar));
            Stream<Path> all = Files.walk(folder)) {
          for (Path file : all.filter(Files::isRegularFile).toList()) {
            out.putNextEntry(new JarEntry(folder.relativize(file).toString()));
            Files.copy(file, out);
            out.closeEntry();
          }
        }
        return jar;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** The next line that it says. */
  String line() throws IOException {
    String line = out.readLine();
    if (line == null) {
      throw new IOException("the child has ended: " + process);
    }
    return line;
  }

  /** Says a line and hears one. */
  String ask(String question) throws IOException {
    in.write(question);
    in.newLine();
    in.flush();
    return line();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** With no time for a farewell: the kernel closes what it had open. */
  void kill() {
    process.destroyForcibly();
  }

  /** Its open descriptors. */
  int descriptors() {
    String[] all = Path.of("/proc/" + process.pid() + "/fd").toFile().list();
    if (all == null) {
      throw new IllegalStateException("the child has ended: " + process);
    }
    return all.length;
  }

  @Override
  public void close() throws IOException {
    in.close(); // it ends when it hears nothing more
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}

package io.jvs.launcher.configuration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/** Makes jars with a scheduler, as a user would: compiled, packed, and named as a service. */
public final class PolicyJar {
  private PolicyJar() {}

  /** A scheduler of this name that always chooses the server that was listed first. */
  public static Path first(Path directory, String file, String scheduler) throws IOException {
    return of(
        directory,
        file,
        "example.First",
        """
        package example;

        import io.jvs.scheduling.Scheduler;
        import io.jvs.scheduling.ServerView;
        import io.jvs.scheduling.Setup;

        public class First implements Scheduler {
          @Override public String name() {
            return "%s";
          }

          @Override public Selector prepare(ServerView servers, Setup setup) {
            return (view, flow) -> {
              int last = view.size() - 1; // the oldest
              return last >= 0 && view.eligible(last) ? last : Selector.NONE;
            };
          }
        }
        """
            .formatted(scheduler));
  }

  /**
   * A jar with what comes of this source.
   *
   * @param service the name of the class as a service, or null to offer nothing
   */
  public static Path of(Path directory, String file, @Nullable String service, String source)
      throws IOException {
    Path work = Files.createTempDirectory(directory, "policy");
    Path java = Files.writeString(work.resolve("First.java"), source);
    Path classes = Files.createDirectory(work.resolve("classes"));
    int status =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                null,
                null,
                "-proc:none",
                "-cp",
                System.getProperty("java.class.path"),
                "-d",
                classes.toString(),
                java.toString());
    assertThat(status).isZero();
    Path jar = directory.resolve(file);
    try (OutputStream out = Files.newOutputStream(jar);
        JarOutputStream entries = new JarOutputStream(out)) {
      if (service != null) {
        entries.putNextEntry(new ZipEntry(PolicyJars.SERVICE));
        entries.write((service + "\n").getBytes(StandardCharsets.UTF_8));
      }
      for (Path each : classes(classes)) {
        entries.putNextEntry(new ZipEntry(classes.relativize(each).toString()));
        entries.write(Files.readAllBytes(each));
      }
    }
    return jar;
  }

  private static List<Path> classes(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.filter(file -> file.toString().endsWith(".class")).toList();
    }
  }
}

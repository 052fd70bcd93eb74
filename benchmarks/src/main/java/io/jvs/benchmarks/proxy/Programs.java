package io.jvs.benchmarks.proxy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Finds what is installed, or unpacked in a tree of its own. */
final class Programs {
  private static final List<String> DIRECTORIES =
      List.of("/usr/sbin", "/usr/bin", "/usr/local/sbin", "/usr/local/bin");
  private static final List<String> MODULES =
      List.of("/usr/lib/nginx/modules", "/usr/share/nginx/modules", "/usr/lib64/nginx/modules");
  private static final List<String> LIBRARIES =
      List.of("/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib");

  private final @Nullable Path tools;

  Programs(@Nullable Path tools) {
    this.tools = tools;
  }

  @Nullable Path find(String program) {
    String path = System.getenv("PATH");
    return first(DIRECTORIES, program, path == null ? "" : path);
  }

  @Nullable Path nginxModule(String name) {
    return first(MODULES, name, "");
  }

  /** Where the loader finds what the programs in this tree want. */
  static String libraries(Path tools) {
    return String.join(":", LIBRARIES.stream().map(d -> tools + d).toList());
  }

  private @Nullable Path first(List<String> usual, String name, String path) {
    List<String> directories = new ArrayList<>();
    if (tools != null) {
      usual.forEach(directory -> directories.add(tools + directory));
    }
    if (!path.isEmpty()) {
      directories.addAll(List.of(path.split(":", -1)));
    }
    directories.addAll(usual);
    Stream<Path> found = directories.stream().map(d -> Path.of(d, name)).filter(Files::isReadable);
    return found.findFirst().orElse(null);
  }
}

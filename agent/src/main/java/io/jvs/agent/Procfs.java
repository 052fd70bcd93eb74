package io.jvs.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Small files that the Linux kernel writes: proc(5), and the process's own group of cgroups(7)
 * version 2. Elsewhere there are none, and every answer is null.
 */
final class Procfs {
  private final Path root;
  private final @Nullable Path group;

  Procfs() {
    this(Path.of("/"));
  }

  /** With another root, for tests. */
  Procfs(Path root) {
    this.root = root;
    this.group = group(root);
  }

  private static @Nullable Path group(Path root) {
    String own = null;
    for (String line : lines(root.resolve("proc/self/cgroup"))) {
      if (line.startsWith("0::/")) { // version 2 has the number 0 and no controllers
        own = line.substring("0::/".length());
      }
    }
    return own == null ? null : root.resolve("sys/fs/cgroup").resolve(own);
  }

  /** The first line of a file such as {@code proc/loadavg}. */
  @Nullable String firstLine(String file) {
    List<String> lines = lines(root.resolve(file));
    return lines.isEmpty() ? null : lines.get(0);
  }

  /** The number behind a name, as in {@code MemTotal: 16 kB}; -1 if there is none. */
  long number(String file, String name) {
    return number(lines(root.resolve(file)), name);
  }

  /** The first line of a file of the process's group, such as {@code cpu.max}. */
  @Nullable String groupLine(String file) {
    List<String> lines = group == null ? List.of() : lines(group.resolve(file));
    return lines.isEmpty() ? null : lines.get(0);
  }

  /** A number of the process's group, such as {@code usage_usec 17}; -1 if there is none. */
  long groupNumber(String file, String name) {
    return group == null ? -1 : number(lines(group.resolve(file)), name);
  }

  private static long number(List<String> lines, String name) {
    for (String line : lines) {
      String[] words = line.split("[: ]+", -1);
      if (words.length > 1 && words[0].equals(name)) {
        return Long.parseLong(words[1]);
      }
    }
    return -1;
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      return List.of(); // not this kernel, or not this kind of group
    }
  }
}

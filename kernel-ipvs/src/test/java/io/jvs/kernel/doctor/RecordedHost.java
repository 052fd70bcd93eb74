package io.jvs.kernel.doctor;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/** Files of a host as recorded, unpacked into a directory where tests may change them. */
final class RecordedHost {
  private final Path root;

  private RecordedHost(Path root) {
    this.root = root;
  }

  /**
   * @param name of a file in the directory {@code hosts}: lines {@code == PATH}, each followed by
   *     the text of that file
   */
  static RecordedHost unpack(String name, Path root) throws IOException {
    String all;
    try (InputStream in = RecordedHost.class.getResourceAsStream("/hosts/" + name + ".txt")) {
      all = new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
    }
    RecordedHost host = new RecordedHost(root);
    for (String file : ("\n" + all).split("\n== ", -1)) {
      if (!file.isBlank()) {
        int end = file.indexOf('\n');
        host.write(end < 0 ? file : file.substring(0, end), end < 0 ? "" : file.substring(end + 1));
      }
    }
    return host;
  }

  Path root() {
    return root;
  }

  RecordedHost write(String path, Object text) throws IOException {
    Path file = root.resolve(path);
    Files.createDirectories(Objects.requireNonNull(file.getParent()));
    Files.writeString(file, text + "\n");
    return this;
  }

  RecordedHost sysctl(String name, int value) throws IOException {
    return write("proc/sys/" + name, value);
  }

  /** A line or part of it, by another. */
  RecordedHost replace(String path, String what, String by) throws IOException {
    String text = Files.readString(root.resolve(path));
    if (!text.contains(what)) {
      throw new IllegalArgumentException(path + " has no " + what);
    }
    Files.writeString(root.resolve(path), text.replace(what, by));
    return this;
  }
}

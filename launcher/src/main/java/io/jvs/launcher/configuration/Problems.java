package io.jvs.launcher.configuration;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.snakeyaml.engine.v2.nodes.Node;

/**
 * Collects what is wrong with one file, so that all of it can be told at once, and what is right
 * but hardly what its author wants.
 */
final class Problems {
  private final String file;
  private final Set<Problem> found = new LinkedHashSet<>();
  private final List<Problem> warnings = new ArrayList<>();

  Problems(String file) {
    this.file = file;
  }

  /** Where relative paths of the file go from. */
  Path directory() {
    Path parent = Path.of(file).toAbsolutePath().normalize().getParent();
    return parent == null ? Path.of("/") : parent;
  }

  /** Something is wrong with the value that starts at this node. */
  void add(Node node, String path, String message) {
    found.add(at(node, path, message));
  }

  void add(int line, int column, String path, String message) {
    found.add(new Problem(file, line, column, path, message));
  }

  /** The value that starts at this node is right, but somebody should look. */
  void warn(Node node, String path, String message) {
    warnings.add(at(node, path, message));
  }

  private Problem at(Node node, String path, String message) {
    var start = node.getStartMark();
    return new Problem(
        file,
        start.map(mark -> mark.getLine() + 1).orElse(0),
        start.map(mark -> mark.getColumn() + 1).orElse(0),
        path,
        message);
  }

  /** The file as a whole cannot be used. */
  void add(String message) {
    add(0, 0, "", message);
  }

  int count() {
    return found.size();
  }

  /** In the order in which they were noted. */
  List<Problem> warnings() {
    return List.copyOf(warnings);
  }

  void throwIfAny() throws ConfigurationException {
    if (!found.isEmpty()) {
      List<Problem> sorted = new ArrayList<>(found);
      sorted.sort(Comparator.comparingInt(Problem::line).thenComparingInt(Problem::column));
      throw new ConfigurationException(sorted);
    }
  }
}

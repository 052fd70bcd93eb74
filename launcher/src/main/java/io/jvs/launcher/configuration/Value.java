package io.jvs.launcher.configuration;

import io.jvs.model.Durations;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * A value of the file, with its place. It reads itself as what its reader wants; what does not fit
 * is noted as a problem, and the reader gets null or the default and goes on to find the next
 * problem.
 */
final class Value {
  private static final Pattern WHOLE_NUMBER = Pattern.compile("[+-]?[0-9]{1,18}");
  private static final int LONGEST_QUOTE = 80;

  private final Problems problems;
  private final Node node;
  private final String path;

  Value(Problems problems, Node node, String path) {
    this.problems = problems;
    this.node = node;
    this.path = path;
  }

  /** Notes that the value is wrong. */
  void wrong(String message) {
    problems.add(node, path, message);
  }

  /** Notes that the value is right, but that somebody should look. */
  void warn(String message) {
    problems.warn(node, path, message);
  }

  int line() {
    return node.getStartMark().map(mark -> mark.getLine() + 1).orElse(0);
  }

  boolean isText() {
    return node instanceof ScalarNode && node.getTag().equals(Tag.STR);
  }

  boolean isObject() {
    return node instanceof MappingNode;
  }

  boolean isEmptyList() {
    return node instanceof SequenceNode list && list.getValue().isEmpty();
  }

  /** Runs a constructor of the model; what it refuses is wrong with this value. */
  <T> @Nullable T checked(Supplier<T> constructor) {
    try {
      return constructor.get();
    } catch (IllegalArgumentException e) {
      wrong(String.valueOf(e.getMessage()));
      return null;
    }
  }

  /** Text, or null if it is something else. */
  @Nullable String text(String expected) {
    if (isText()) {
      return ((ScalarNode) node).getValue();
    }
    boolean scalar = node instanceof ScalarNode && !node.getTag().equals(Tag.NULL);
    wrong(described() + " (expected: " + expected + (scalar ? ", in quotes)" : ")"));
    return null;
  }

  /** A path, from the directory of the configuration file on if it is relative, or null. */
  @Nullable Path path(String expected) {
    String text = text(expected);
    try {
      return text == null ? null : directory().resolve(text).normalize();
    } catch (InvalidPathException e) {
      wrong(described() + " (expected: " + expected + ")");
      return null;
    }
  }

  /** Where relative paths go from. */
  Path directory() {
    return problems.directory();
  }

  /** Text, or a number or truth value as it is written. */
  @Nullable String scalar(String expected) {
    if (node instanceof ScalarNode scalar && !node.getTag().equals(Tag.NULL)) {
      return scalar.getValue();
    }
    wrong(described() + " (expected: " + expected + ")");
    return null;
  }

  /** One of a few words, or null if it is none of them. */
  @Nullable String word(Collection<String> known, String what) {
    String text = text(what + ", one of " + known);
    if (text != null && !known.contains(text)) {
      wrong("'" + text + "' (expected: one of " + known + Suggestions.hint(text, known) + ")");
      return null;
    }
    return text;
  }

  /**
   * A number within limits, or {@code otherwise}.
   *
   * @param note what else to say about the limits, such as {@code ; 0 quiesces it}
   */
  int wholeNumber(int min, int max, int otherwise, String note) {
    String expected = " (expected: " + min + " to " + max + note + ")";
    if (node.getTag().equals(Tag.INT) && node instanceof ScalarNode scalar) {
      String text = scalar.getValue();
      if (WHOLE_NUMBER.matcher(text).matches()) {
        long number = Long.parseLong(text);
        if (number >= min && number <= max) {
          return (int) number;
        }
      }
      wrong(text + expected);
    } else if (isText() && WHOLE_NUMBER.matcher(((ScalarNode) node).getValue()).matches()) {
      wrong(described() + " is text (expected: a number, without quotes)");
    } else {
      wrong(described() + " (expected: a whole number, " + min + " to " + max + note + ")");
    }
    return otherwise;
  }

  /** {@code true} or {@code false}; false if it is something else. */
  boolean truth() {
    return truth("true or false");
  }

  /** The same for a value that may be something else too. */
  boolean truth(String expected) {
    if (node.getTag().equals(Tag.BOOL) && node instanceof ScalarNode scalar) {
      return scalar.getValue().equalsIgnoreCase("true");
    }
    wrong(described() + " (expected: " + expected + ")");
    return false;
  }

  /** A duration within limits, or {@code otherwise}. */
  Duration duration(Duration min, Duration max, Duration otherwise) {
    String range = Durations.format(min) + " to " + Durations.format(max);
    if (!(node instanceof ScalarNode scalar) || node.getTag().equals(Tag.NULL)) {
      wrong(described() + " (expected: a duration such as 5s or 250ms, " + range + ")");
      return otherwise;
    }
    Optional<Duration> parsed = Durations.parse(scalar.getValue());
    if (parsed.isEmpty()) {
      boolean bare = WHOLE_NUMBER.matcher(scalar.getValue()).matches();
      wrong(
          described()
              + (bare ? " without a unit" : "")
              + " (expected: a number and a unit, ms, s, m, h or d, such as 5s or 250ms)");
      return otherwise;
    }
    Duration duration = parsed.get();
    if (duration.compareTo(min) < 0 || duration.compareTo(max) > 0) {
      wrong(scalar.getValue() + " (expected: " + range + ")");
      return otherwise;
    }
    return duration;
  }

  /** The elements of a list; empty if it is something else. */
  List<Value> items(String expected) {
    if (!(node instanceof SequenceNode sequence)) {
      wrong(described() + " (expected: " + expected + ")");
      return List.of();
    }
    List<Value> items = new ArrayList<>();
    for (Node each : sequence.getValue()) {
      items.add(new Value(problems, each, path + "[" + items.size() + "]"));
    }
    return items;
  }

  /** An object with some of these keys, or null if it is something else. */
  @Nullable Fields fields(String expected, String... known) {
    if (!(node instanceof MappingNode mapping)) {
      wrong(described() + " (expected: " + expected + ")");
      return null;
    }
    return Fields.of(this, children(mapping), List.of(known));
  }

  /** The plain text behind a key of an object, or null; nothing is noted as a problem. */
  @Nullable String peek(String key) {
    if (node instanceof MappingNode mapping) {
      for (var tuple : mapping.getValue()) {
        if (tuple.getKeyNode() instanceof ScalarNode name
            && name.getValue().equals(key)
            && tuple.getValueNode() instanceof ScalarNode text) {
          return text.getValue();
        }
      }
    }
    return null;
  }

  /** An object with any keys and plain values; empty if it is something else. */
  Map<String, Value> entries(String expected) {
    if (!(node instanceof MappingNode mapping)) {
      wrong(described() + " (expected: " + expected + ")");
      return Map.of();
    }
    return Fields.unique(children(mapping));
  }

  private List<Fields.Entry> children(MappingNode mapping) {
    List<Fields.Entry> entries = new ArrayList<>();
    for (var tuple : mapping.getValue()) {
      if (tuple.getKeyNode() instanceof ScalarNode key) {
        String name = key.getValue();
        String childPath = path.isEmpty() ? name : path + "." + name;
        entries.add(
            new Fields.Entry(
                name,
                new Value(problems, key, childPath),
                new Value(problems, tuple.getValueNode(), childPath)));
      } else {
        new Value(problems, tuple.getKeyNode(), path)
            .wrong("a key that is a list or an object (expected: a word)");
      }
    }
    return entries;
  }

  int problemsSoFar() {
    return problems.count();
  }

  /** The value as messages show it. */
  private String described() {
    if (node instanceof SequenceNode) {
      return "a list";
    }
    if (!(node instanceof ScalarNode scalar)) {
      return "an object";
    }
    if (node.getTag().equals(Tag.NULL)) {
      return "empty";
    }
    String text = scalar.getValue();
    String shown = text.length() <= LONGEST_QUOTE ? text : text.substring(0, LONGEST_QUOTE) + "…";
    return isText() ? "'" + shown.replace("\n", "\\n") + "'" : shown;
  }
}

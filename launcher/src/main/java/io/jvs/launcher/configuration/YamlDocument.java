package io.jvs.launcher.configuration;

import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/** Text to nodes, or what keeps it from being YAML. */
final class YamlDocument {
  private static final Pattern BARE_IPV6 =
      Pattern.compile(".*(?:- |: )\\[[0-9a-fA-F:.%]*:.*\\]:\\d.*");

  private YamlDocument() {}

  /** The one document of the text, or null if there is a problem. */
  static @Nullable Node read(String text, Problems problems) {
    LoadSettings settings =
        LoadSettings.builder()
            .setSchema(new CoreSchema())
            .setAllowDuplicateKeys(true) // found by Fields, with both lines
            .setAllowNonScalarKeys(true) // found by Value, with their place
            .setMaxAliasesForCollections(
                Integer.MAX_VALUE) // what they make is counted by YamlSurvey
            .setCodePointLimit(YamlText.MAX_BYTES)
            .build();
    try {
      if (!YamlSurvey.passes(new Parse(settings).parseString(text), problems)) {
        return null;
      }
      Optional<Node> root = new Compose(settings).composeString(text);
      if (root.isEmpty()) {
        problems.add(1, 1, "", "the file is empty (expected: services and what else is wanted)");
        return null;
      }
      return root.get();
    } catch (MarkedYamlEngineException e) {
      report(e, text, problems);
    } catch (ReaderException e) {
      int line = 1 + (int) text.chars().limit(e.getPosition()).filter(c -> c == '\n').count();
      int column = e.getPosition() - text.lastIndexOf('\n', e.getPosition() - 1);
      problems.add(
          line,
          column,
          "",
          String.format("control character U+%04X (expected: printable text)", e.getCodePoint()));
    }
    return null;
  }

  private static void report(MarkedYamlEngineException e, String text, Problems problems) {
    String context = String.valueOf(e.getContext());
    String problem = String.valueOf(e.getProblem());
    boolean atEnd = problem.contains("end of stream") || problem.contains("<stream end>");
    boolean unclosed = atEnd && (context.contains("quoted") || context.contains("flow"));
    var mark = unclosed ? e.getContextMark() : e.getProblemMark().or(e::getContextMark);
    int line = mark.map(m -> m.getLine() + 1).orElse(0);
    int column = mark.map(m -> m.getColumn() + 1).orElse(0);
    String[] lines = text.split("\n", -1);
    String there = line >= 1 && line <= lines.length ? lines[line - 1] : "";
    String message =
        unclosed
            ? (context.contains("quoted") ? "a quote" : "a bracket") + " that is never closed"
            : explain(problem, there);
    problems.add(line, column, "", message);
  }

  /** The library's words, or better ones where we know what usually is behind them. */
  private static String explain(String problem, String line) {
    if (problem.contains("\\t") || problem.contains("TAB")) {
      return "a tab (expected: spaces; YAML takes no tabs before a value)";
    }
    if (BARE_IPV6.matcher(line).matches()) {
      return "an IPv6 address that starts with a bracket is a list for YAML (expected: quotes"
          + " around it, such as \"[2001:db8::1]:80\")";
    }
    if (problem.contains("mapping values are not allowed")) {
      return "a second ': ' in one value (expected: one key in a line; text with ': ' in quotes)";
    }
    if (problem.contains("<block end>")) {
      return "this does not fit what is above it (expected: the keys of an object, and the '-' of a"
          + " list, exactly one below the other)";
    }
    return "not YAML: " + problem;
  }
}

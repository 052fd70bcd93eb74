package io.jvs.launcher.configuration;

import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.CollectionEndEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.DocumentStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/** Text to nodes. Refuses YAML that no configuration needs and that could hurt the reader. */
final class YamlDocument {
  /** The deepest value of a configuration is at six; nodes are composed by recursion. */
  private static final int MAX_DEPTH = 32;

  /** Repetition is welcome; nested repetition that grows to gigabytes is not. */
  private static final int MAX_ALIASES = 1000;

  private static final Set<String> PLAIN_TAGS = Set.of("!", "tag:yaml.org,2002:str");
  private static final Pattern BARE_IPV6 =
      Pattern.compile(".*(?:- |: )\\[[0-9a-fA-F:.%]*:.*\\]:\\d.*");

  private YamlDocument() {}

  /** The one document of the text, or null if there is a problem. */
  static @Nullable Node read(String text, Problems problems) {
    LoadSettings settings =
        LoadSettings.builder()
            .setSchema(new CoreSchema())
            .setAllowDuplicateKeys(true) // found by Fields, with both lines
            .setMaxAliasesForCollections(MAX_ALIASES)
            .setCodePointLimit(YamlText.MAX_BYTES)
            .build();
    int before = problems.count();
    try {
      survey(new Parse(settings).parseString(text), problems);
      if (problems.count() > before) {
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
    } catch (YamlEngineException e) { // without a place: too many aliases
      problems.add(String.valueOf(e.getMessage()));
    }
    return null;
  }

  /** A first look without recursion: depth, number of documents, tags. */
  private static void survey(Iterable<Event> events, Problems problems) {
    int depth = 0;
    int documents = 0;
    for (Event event : events) {
      if (event instanceof CollectionStartEvent start) {
        if (++depth > MAX_DEPTH) {
          add(event, "nested more than " + MAX_DEPTH + " deep (expected: far less)", problems);
          return;
        }
        start.getTag().ifPresent(tag -> refuseTag(event, tag, problems));
      } else if (event instanceof CollectionEndEvent) {
        depth--;
      } else if (event instanceof DocumentStartEvent) {
        if (++documents > 1) {
          add(event, "a second document (expected: one; remove the line '---')", problems);
          return;
        }
      } else if (event instanceof ScalarEvent scalar) {
        scalar.getTag().ifPresent(tag -> refuseTag(event, tag, problems));
      }
    }
  }

  private static void refuseTag(Event event, String tag, Problems problems) {
    if (!PLAIN_TAGS.contains(tag)) {
      add(event, "tag '" + tag + "' (expected: no tags)", problems);
    }
  }

  private static void add(Event event, String message, Problems problems) {
    problems.add(
        event.getStartMark().map(mark -> mark.getLine() + 1).orElse(0),
        event.getStartMark().map(mark -> mark.getColumn() + 1).orElse(0),
        "",
        message);
  }

  private static void report(MarkedYamlEngineException e, String text, Problems problems) {
    var mark = e.getProblemMark().or(e::getContextMark);
    int line = mark.map(m -> m.getLine() + 1).orElse(0);
    int column = mark.map(m -> m.getColumn() + 1).orElse(0);
    String[] lines = text.split("\n", -1);
    String there = line >= 1 && line <= lines.length ? lines[line - 1] : "";
    problems.add(line, column, "", explain(String.valueOf(e.getProblem()), there));
  }

  /** The library's words, or better ones where we know what usually is behind them. */
  private static String explain(String problem, String line) {
    if (problem.contains("\\t") || (problem.contains("TAB") && line.contains("\t"))) {
      return "a tab (expected: spaces; YAML takes no tabs before a value)";
    }
    if (BARE_IPV6.matcher(line).matches()) {
      return "an IPv6 address that starts with a bracket is a list for YAML (expected: quotes"
          + " around it, such as \"[2001:db8::1]:80\")";
    }
    if (problem.contains("mapping values are not allowed")) {
      return "a second ': ' in one value (expected: one key in a line; text with ': ' in quotes)";
    }
    return "not YAML: " + problem;
  }
}

package io.jvs.launcher.configuration;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionEndEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.DocumentStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;

/**
 * A first look at a document as a stream of events, without recursion and in constant memory per
 * level. Refuses what no configuration needs and what could hurt those who build a tree of it:
 * endless depth, aliases that multiply into billions of values, tags that name classes.
 */
final class YamlSurvey {
  /** The deepest value of a configuration is at six; nodes are composed by recursion. */
  private static final int MAX_DEPTH = 32;

  private static final long MAX_VALUES = 1_000_000;
  private static final Set<String> PLAIN_TAGS = Set.of("!", "tag:yaml.org,2002:str");

  private final Deque<Level> levels = new ArrayDeque<>();
  private final Map<String, Long> sizes = new HashMap<>(); // of what has an anchor
  private int documents;

  /** A collection that is open: how many values are in it so far, aliases followed. */
  private static final class Level {
    private final @Nullable String anchor;
    private long size = 1;

    Level(@Nullable String anchor) {
      this.anchor = anchor;
    }
  }

  private YamlSurvey() {}

  /** Whether the events are those of a document that may be read; if not, the problem is noted. */
  static boolean passes(Iterable<Event> events, Problems problems) {
    YamlSurvey survey = new YamlSurvey();
    for (Event event : events) {
      String wrong = survey.see(event);
      if (wrong != null) {
        problems.add(
            event.getStartMark().map(mark -> mark.getLine() + 1).orElse(0),
            event.getStartMark().map(mark -> mark.getColumn() + 1).orElse(0),
            "",
            wrong);
        return false;
      }
    }
    return true;
  }

  /** What is wrong with this event after those before it, or null. */
  private @Nullable String see(Event event) {
    if (event instanceof DocumentStartEvent) {
      return ++documents > 1 ? "a second document (expected: one; remove the line '---')" : null;
    }
    if (event instanceof AliasEvent alias) {
      return see(alias);
    }
    if (event instanceof CollectionStartEvent start) {
      levels.push(new Level(anchor(start)));
      return levels.size() > MAX_DEPTH
          ? "nested more than " + MAX_DEPTH + " deep (expected: far less)"
          : tag(start.getTag().orElse("!"));
    }
    if (event instanceof CollectionEndEvent) {
      Level ended = levels.pop();
      if (ended.anchor != null) {
        sizes.put(ended.anchor, ended.size);
      }
      return count(ended.size);
    }
    if (event instanceof ScalarEvent scalar) {
      String anchor = anchor(scalar);
      if (anchor != null) {
        sizes.put(anchor, 1L);
      }
      if (scalar.isPlain() && scalar.getValue().equals("<<")) {
        return "merge key '<<' (expected: no merge keys; an alias can stand for a whole value only)";
      }
      String wrong = tag(scalar.getTag().orElse("!"));
      return wrong == null ? count(1) : wrong;
    }
    return null;
  }

  private @Nullable String see(AliasEvent event) {
    String name = event.getAlias().getValue();
    Long size = sizes.get(name);
    if (size != null) {
      return count(size);
    }
    boolean inside = levels.stream().anyMatch(level -> name.equals(level.anchor));
    return inside
        ? "alias '*" + name + "' stands inside what it repeats (expected: an alias after it)"
        : "alias '*" + name + "' (expected: an anchor '&" + name + "' before it)";
  }

  private @Nullable String count(long more) {
    Level level = levels.peek();
    if (level == null) {
      return null;
    }
    level.size += more;
    return level.size > MAX_VALUES
        ? "aliases make more than " + MAX_VALUES + " values of this (expected: fewer)"
        : null;
  }

  private static @Nullable String tag(String tag) {
    return PLAIN_TAGS.contains(tag) ? null : "tag '" + tag + "' (expected: no tags)";
  }

  private static @Nullable String anchor(NodeEvent event) {
    return event.getAnchor().map(anchor -> anchor.getValue()).orElse(null);
  }
}

package io.jvs.launcher.configuration;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The values of an object by key. Unknown and repeated keys have been noted as problems. */
final class Fields {
  private final Value owner;
  private final Map<String, Value> values;

  private final Set<String> mistyped;

  private Fields(Value owner, Map<String, Value> values, Set<String> mistyped) {
    this.owner = owner;
    this.values = values;
    this.mistyped = mistyped;
  }

  /** Nothing at all, for a value that is a word alone. */
  static Fields none(Value owner) {
    return new Fields(owner, Map.of(), Set.of());
  }

  /** A key and what stands behind it; {@code place} is the key itself. */
  record Entry(String key, Value place, Value value) {}

  static Fields of(Value owner, List<Entry> entries, List<String> known) {
    Set<String> mistyped = new HashSet<>();
    for (Entry entry : entries) {
      if (!known.contains(entry.key())) {
        Suggestions.nearest(entry.key(), known).ifPresent(mistyped::add);
        entry
            .place()
            .wrong(
                "unknown key (expected: one of "
                    + known
                    + Suggestions.hint(entry.key(), known)
                    + ")");
      }
    }
    return new Fields(owner, unique(entries), mistyped);
  }

  static Map<String, Value> unique(List<Entry> entries) {
    Map<String, Value> values = new LinkedHashMap<>();
    Map<String, Integer> lines = new LinkedHashMap<>();
    for (Entry entry : entries) {
      Integer first = lines.putIfAbsent(entry.key(), entry.place().line());
      if (first == null) {
        values.put(entry.key(), entry.value());
      } else {
        entry.place().wrong("given twice, first in line " + first + " (expected: once)");
      }
    }
    return values;
  }

  /** The value of a key, or null if the key is absent. */
  @Nullable Value get(String key) {
    return values.get(key);
  }

  /** Whether a key says {@code true}; false if it is absent. */
  boolean truth(String key) {
    Value value = values.get(key);
    return value != null && value.truth();
  }

  /**
   * The number of a key, or {@code usual} if it is absent.
   *
   * @param note what else to say about the limits
   */
  int number(String key, int min, int max, int usual, String note) {
    Value value = values.get(key);
    return value == null ? usual : value.wholeNumber(min, max, usual, note);
  }

  /** The value of a key that must be there; noted as a problem, and null, if it is not. */
  @Nullable Value required(String key, String expected) {
    Value value = values.get(key);
    if (value == null && !mistyped.contains(key)) { // or it has been asked whether it was meant
      owner.wrong(key + " is missing (expected: " + expected + ")");
    }
    return value;
  }
}

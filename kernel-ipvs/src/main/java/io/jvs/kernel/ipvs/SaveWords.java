package io.jvs.kernel.ipvs;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A line taken apart: one command, and options with their arguments, as popt(3) does it for
 * ipvsadm(8): {@code -t A}, {@code -tA}, {@code --tcp-service A}, {@code --tcp-service=A}, letters
 * without argument joined.
 */
final class SaveWords {
  private final SaveOption command;
  private final Map<SaveOption, List<String>> options;

  private SaveWords(SaveOption command, Map<SaveOption, List<String>> options) {
    this.command = command;
    this.options = options;
  }

  SaveOption command() {
    return command;
  }

  boolean has(SaveOption option) {
    return options.containsKey(option);
  }

  /** The argument of an option, or null without the option. */
  @Nullable String get(SaveOption option) {
    List<String> arguments = options.get(option);
    return arguments == null || arguments.isEmpty() ? null : arguments.get(0);
  }

  /** All arguments of the command. */
  List<String> arguments() {
    return options.getOrDefault(command, List.of());
  }

  /**
   * @throws IllegalArgumentException if it is no command with options
   */
  static SaveWords of(List<String> words) {
    Map<SaveOption, List<String>> found = new EnumMap<>(SaveOption.class);
    int at = 0;
    while (at < words.size()) {
      String word = words.get(at++);
      if (word.startsWith("--")) {
        int equals = word.indexOf('=');
        String name = word.substring(2, equals < 0 ? word.length() : equals);
        SaveOption option = known(SaveOption.ofWord(name), "--" + name);
        at = take(option, equals < 0 ? null : word.substring(equals + 1), words, at, found);
      } else if (word.startsWith("-") && word.length() > 1) {
        at = letters(word, words, at, found);
      } else {
        throw new IllegalArgumentException("'" + word + "' (expected: an option, such as -t)");
      }
    }
    return new SaveWords(command(found.keySet()), found);
  }

  private static int letters(
      String word, List<String> words, int next, Map<SaveOption, List<String>> found) {
    int at = next;
    for (int i = 1; i < word.length(); i++) {
      SaveOption option = known(SaveOption.ofLetter(word.charAt(i)), "-" + word.charAt(i));
      String rest = word.substring(i + 1);
      if (option.arguments() == 0) {
        at = take(option, null, words, at, found);
      } else {
        String attached = rest.startsWith("=") ? rest.substring(1) : rest;
        return take(option, attached.isEmpty() ? null : attached, words, at, found);
      }
    }
    return at;
  }

  /** Notes an option with its arguments, and returns the index of the next word. */
  private static int take(
      SaveOption option,
      @Nullable String attached,
      List<String> words,
      int next,
      Map<SaveOption, List<String>> found) {
    int at = next;
    List<String> arguments = new ArrayList<>();
    if (attached != null) {
      if (option.arguments() == 0) {
        throw new IllegalArgumentException(option + " takes no argument");
      }
      arguments.add(attached);
    }
    while (arguments.size() < option.arguments()) {
      if (at == words.size()) {
        throw new IllegalArgumentException(
            option + " needs " + (option.arguments() == 1 ? "an argument" : "three numbers"));
      }
      arguments.add(words.get(at++));
    }
    if (option.arguments() == SaveOption.PERHAPS_ONE
        && arguments.isEmpty()
        && at < words.size()
        && !words.get(at).startsWith("-")) {
      arguments.add(words.get(at++));
    }
    if (found.putIfAbsent(option, arguments) != null) {
      throw new IllegalArgumentException(option + " twice (expected: once)");
    }
    return at;
  }

  private static SaveOption known(@Nullable SaveOption option, String word) {
    if (option == null) {
      throw new IllegalArgumentException(
          word + " is no option of a command that changes the table (see ipvsadm(8))");
    }
    return option;
  }

  private static SaveOption command(Set<SaveOption> found) {
    Set<SaveOption> commands = EnumSet.noneOf(SaveOption.class);
    found.stream().filter(SaveOption::isCommand).forEach(commands::add);
    if (commands.size() != 1) {
      throw new IllegalArgumentException(
          (commands.isEmpty() ? "no command" : "commands " + commands)
              + " (expected: one of -A -E -D -a -e -d -C -Z --set --start-daemon --stop-daemon)");
    }
    return commands.iterator().next();
  }

  /** Refuses options that the command has no use for. */
  void allow(Set<SaveOption> allowed) {
    for (SaveOption each : options.keySet()) {
      if (each != command && !allowed.contains(each)) {
        throw new IllegalArgumentException(each + " does not go with " + command);
      }
    }
  }

  /** The one given of these, or null for none. */
  @Nullable SaveOption oneOf(Set<SaveOption> alternatives) {
    SaveOption one = null;
    for (SaveOption each : alternatives) {
      if (has(each)) {
        if (one != null) {
          throw new IllegalArgumentException(one + " and " + each + " (expected: one of them)");
        }
        one = each;
      }
    }
    return one;
  }
}

package io.jvs.launcher.configuration;

import io.jvs.checks.command.CommandCheck;
import io.jvs.model.HealthCheck;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads {@code check: external}. */
final class CommandCheckReader {
  static final CheckReader READER =
      new CheckReader(
          "external",
          List.of("command", "shell", "arguments", "dynamicWeight", "environment"),
          CommandCheckReader::read);

  private static final String PROGRAM = "a program, or a list of a program and its arguments";

  private CommandCheckReader() {}

  private static @Nullable HealthCheck read(Fields fields, Value place) {
    int before = place.problemsSoFar();
    Value command = fields.required("command", PROGRAM);
    Value shell = fields.get("shell");
    Value arguments = fields.get("arguments");
    Value dynamic = fields.get("dynamicWeight");
    boolean inShell = shell != null && shell.truth();
    List<String> words = command == null ? List.of() : words(command, inShell);
    String style =
        arguments == null
            ? "none"
            : arguments.word(List.of("none", "ldirectord"), "what is appended");
    boolean dynamicWeight = dynamic != null && dynamic.truth();
    Map<String, String> environment = environment(fields.get("environment"));
    if (command == null || place.problemsSoFar() > before) {
      return null;
    }
    CommandCheck.Arguments appended =
        "ldirectord".equals(style)
            ? CommandCheck.Arguments.LDIRECTORD
            : CommandCheck.Arguments.NONE;
    return command.checked(() -> new CommandCheck(words, appended, dynamicWeight, environment));
  }

  private static List<String> words(Value command, boolean inShell) {
    if (command.isText()) {
      String text = command.text(PROGRAM);
      String word = text == null ? "" : text;
      return inShell ? CommandCheck.shell(word).command() : List.of(word);
    }
    if (inShell) {
      command.wrong("a list (expected: with shell: true, one line of text)");
      return List.of();
    }
    List<String> words = new ArrayList<>();
    for (Value item : command.items(PROGRAM)) {
      String word = item.scalar("an argument");
      if (word != null) {
        words.add(word);
      }
    }
    return words;
  }

  private static Map<String, String> environment(@Nullable Value value) {
    Map<String, String> environment = new LinkedHashMap<>();
    if (value != null) {
      value
          .entries("an object of words")
          .forEach(
              (name, each) -> {
                String text = each.scalar("a word");
                if (text != null
                    && each.checked(
                            () ->
                                new CommandCheck(
                                    List.of("x"),
                                    CommandCheck.Arguments.NONE,
                                    false,
                                    Map.of(name, text)))
                        != null) {
                  environment.put(name, text);
                }
              });
    }
    return environment;
  }
}

package io.jvs.launcher.configuration;

import io.jvs.feedback.LoadScript;
import io.jvs.model.FeedbackDeclaration;
import io.jvs.model.FeedbackDeclaration.Meaning;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads how measured load moves weights; numbers are percents, as elsewhere in the file. */
final class FeedbackReader {
  private static final Duration SHORTEST = Duration.ofMillis(100);
  private static final Duration LONGEST = Duration.ofDays(1);
  private static final Duration USUAL = Duration.ofSeconds(2);

  private FeedbackReader() {}

  static @Nullable FeedbackDeclaration feedback(@Nullable Value value) {
    Fields fields =
        value == null
            ? null
            : value.fields(
                "an object with script",
                "script",
                "tells",
                "interval",
                "smoothing",
                "maxStep",
                "floor",
                "ceiling",
                "deadBand");
    if (fields == null || value == null) {
      return null;
    }
    int before = value.problemsSoFar();
    Value script = fields.required("script", "a program, or a list of it and its arguments");
    Duration interval = duration(fields.get("interval"), SHORTEST, USUAL);
    List<String> command = script == null ? List.of() : command(script);
    LoadScript source =
        script == null || value.problemsSoFar() > before
            ? null
            : script.checked(() -> new LoadScript(command, interval));
    Value tells = fields.get("tells");
    String word = tells == null ? "load" : tells.word(List.of("load", "weight"), "what is told");
    Meaning meaning = "weight".equals(word) ? Meaning.WEIGHT : Meaning.LOAD;
    Duration smoothing = duration(fields.get("smoothing"), Duration.ZERO, Duration.ofSeconds(10));
    double maxStep = percent(fields.get("maxStep"), 1, 100, 10, " percent of the weight");
    double floor = percent(fields.get("floor"), 1, 100, 10, " percent of the weight");
    double ceiling = percent(fields.get("ceiling"), 100, 1000, 300, " percent of the weight");
    double deadBand = percent(fields.get("deadBand"), 0, 50, 2, " percent");
    if (source == null || value.problemsSoFar() > before) {
      return null;
    }
    return new FeedbackDeclaration(
        source, meaning, interval, smoothing, maxStep, floor, ceiling, deadBand);
  }

  private static List<String> command(Value script) {
    if (script.isText()) {
      String program = script.text("a program");
      return program == null ? List.of() : List.of(program);
    }
    List<String> words = new ArrayList<>();
    for (Value item : script.items("a program, or a list of it and its arguments")) {
      String word = item.scalar("a word");
      if (word != null) {
        words.add(word);
      }
    }
    return words;
  }

  private static Duration duration(@Nullable Value value, Duration shortest, Duration usual) {
    return value == null ? usual : value.duration(shortest, LONGEST, usual);
  }

  private static double percent(@Nullable Value value, int min, int max, int usual, String note) {
    return (value == null ? usual : value.wholeNumber(min, max, usual, note)) / 100.0;
  }
}

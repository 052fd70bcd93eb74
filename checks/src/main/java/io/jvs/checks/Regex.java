package io.jvs.checks;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * A regular expression as part of a definition: equal to another with the same text. {@code ^} and
 * {@code $} are the ends of lines. It runs on what a stranger has sent, so its time and its stack
 * are bounded.
 */
public final class Regex {
  private final Pattern pattern;

  private Regex(Pattern pattern) {
    this.pattern = pattern;
  }

  /**
   * Compiles it.
   *
   * @throws IllegalArgumentException if it is no regular expression of {@link Pattern}, or empty
   */
  public static Regex of(String text) {
    if (text.isEmpty()) {
      throw new IllegalArgumentException("regex '' (expected: one that is not empty)");
    }
    try {
      return new Regex(Pattern.compile(text, Pattern.MULTILINE));
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException(
          "regex '" + text + "': " + e.getDescription() + " near index " + e.getIndex(), e);
    }
  }

  /**
   * Where the first match ends, or -1.
   *
   * @throws TooHard if the regex needs too much time or stack on this text
   */
  public int find(CharSequence text) {
    Matcher matcher = pattern.matcher(new GuardedText(text));
    try {
      return matcher.find() ? matcher.end() : -1;
    } catch (GuardedText.Exhausted | StackOverflowError e) {
      // The JDK's matcher recurses for some groups; an answer may be long enough for any stack.
      throw new TooHard(
          "the regex '"
              + this
              + "' takes too long on an answer of "
              + text.length()
              + " bytes (expected: one without nested repetition)");
    }
  }

  /** A regex that cannot be decided with bounded effort. */
  public static final class TooHard extends RuntimeException {
    private static final long serialVersionUID = 1;

    TooHard(String message) {
      super(message);
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Regex regex && regex.pattern.pattern().equals(pattern.pattern());
  }

  @Override
  public int hashCode() {
    return pattern.pattern().hashCode();
  }

  /** Its text. */
  @Override
  public String toString() {
    return pattern.pattern();
  }
}

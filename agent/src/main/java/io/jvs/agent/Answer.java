package io.jvs.agent;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What the agent answers: words of haproxy's agent-check. Each changes one thing at the director;
 * what is not said stays as it was there.
 *
 * @param percent of the configured weight, 0 to {@value #MAX_PERCENT}, or null
 * @param maxConnections at once, 1 or more, or null
 * @param admin what the administrator wants, or null
 * @param state whether the server works, or null
 * @param why for people, beside a state that is not {@link State#UP}; one line of printable text,
 *     may be empty
 */
public record Answer(
    @Nullable Integer percent,
    @Nullable Integer maxConnections,
    @Nullable Admin admin,
    @Nullable State state,
    String why) {
  /** Ten times the configured weight, the most that JVS takes; haproxy stops at weight 256. */
  public static final int MAX_PERCENT = 1000;

  /** Says nothing: all stays as it is. */
  public static final Answer NOTHING = new Answer(null, null, null, null, "");

  private static final int LONGEST_WHY = 200;
  private static final String MAXCONN = "maxconn:";

  /** What the administrator wants. */
  public enum Admin {
    /** Neither of the others any more. */
    READY,
    /** Nothing new but from remembered clients. */
    DRAIN,
    /** Nothing new at all, and no health checks. */
    MAINT
  }

  /** Whether the server works; the last three differ for people alone. */
  public enum State {
    UP,
    DOWN,
    FAIL,
    STOPPED
  }

  public Answer {
    if (percent != null && (percent < 0 || percent > MAX_PERCENT)) {
      throw new IllegalArgumentException(
          "answer of " + percent + " % (expected: 0 to " + MAX_PERCENT + ")");
    }
    if (maxConnections != null && maxConnections < 1) {
      throw new IllegalArgumentException(
          "answer of at most " + maxConnections + " connections (expected: 1 or more)");
    }
    if (!why.isEmpty() && (state == null || state == State.UP)) {
      throw new IllegalArgumentException(
          "answer with the reason '" + why + "' (expected: beside down, fail or stopped)");
    }
    if (why.length() > LONGEST_WHY || !why.chars().allMatch(c -> c >= ' ' && c <= '~')) {
      throw new IllegalArgumentException(
          "answer with the reason '"
              + why
              + "' (expected: at most "
              + LONGEST_WHY
              + " printable ASCII characters)");
    }
  }

  /** So much of the configured weight. */
  public static Answer of(int percent) {
    return NOTHING.percent(percent);
  }

  /** The same with so much of the configured weight. */
  public Answer percent(int newPercent) {
    return new Answer(newPercent, maxConnections, admin, state, why);
  }

  /** The same with so many connections at once. */
  public Answer maxConnections(int most) {
    return new Answer(percent, most, admin, state, why);
  }

  /** The same with a word of the administrator. */
  public Answer admin(Admin newAdmin) {
    return new Answer(percent, maxConnections, newAdmin, state, why);
  }

  /** The same with the word {@code up}. */
  public Answer up() {
    return new Answer(percent, maxConnections, admin, State.UP, "");
  }

  /** The same with the word {@code down}. */
  public Answer down(String newWhy) {
    return new Answer(percent, maxConnections, admin, State.DOWN, newWhy);
  }

  /** The same with a state; {@code newWhy} is empty for {@link State#UP}. */
  public Answer state(State newState, String newWhy) {
    return new Answer(percent, maxConnections, admin, newState, newWhy);
  }

  /**
   * Reads words of agent-check, such as {@code 75% drain} or {@code down #disk full}; a number
   * alone is a percentage.
   *
   * @throws IllegalArgumentException for a word that is none, or that says what cannot be
   */
  public static Answer parse(String line) {
    Answer answer = NOTHING;
    int sharp = line.indexOf('#');
    String words = sharp < 0 ? line : line.substring(0, sharp);
    for (String word : words.strip().split("[ \t,]+", -1)) {
      if (!word.isEmpty()) {
        answer = answer.with(word);
      }
    }
    String why = sharp < 0 ? "" : line.substring(sharp + 1).strip();
    return why.isEmpty()
        ? answer
        : new Answer(answer.percent, answer.maxConnections, answer.admin, answer.state, why);
  }

  private Answer with(String word) {
    String lower = word.toLowerCase(Locale.ROOT);
    for (Admin each : Admin.values()) {
      if (name(each).equals(lower)) {
        return admin(each);
      }
    }
    for (State each : State.values()) {
      if (name(each).equals(lower)) {
        return state(each, "");
      }
    }
    boolean most = lower.startsWith(MAXCONN);
    String number = most ? lower.substring(MAXCONN.length()) : lower.replaceFirst("%$", "");
    if (!number.matches("[0-9]{1,9}")) {
      throw new IllegalArgumentException(
          "answer '"
              + word
              + "' (expected: N%, maxconn:N, ready, drain, maint, up, down, fail or stopped)");
    }
    return most ? maxConnections(Integer.parseInt(number)) : percent(Integer.parseInt(number));
  }

  private static String name(Enum<?> word) {
    return word.name().toLowerCase(Locale.ROOT);
  }

  /** As it is sent, without the line end: {@code 75% ready up}. */
  @Override
  public String toString() {
    List<String> words = new ArrayList<>();
    if (percent != null) {
      words.add(percent + "%");
    }
    if (maxConnections != null) {
      words.add(MAXCONN + maxConnections);
    }
    if (admin != null) {
      words.add(name(admin));
    }
    if (state != null) {
      words.add(name(state));
    }
    if (!why.isEmpty()) {
      words.add("#" + why);
    }
    return String.join(" ", words);
  }
}

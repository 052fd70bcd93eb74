package io.jvs.health;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What an agent on a real server has answered: haproxy's agent-check, read as haproxy reads it.
 *
 * <p>The line's words are separated by blanks, tabs or commas, stand in any order and in upper or
 * lower case; of two of a kind the last one counts, right or wrong. A word that begins with {@code
 * #} begins a text for people, which goes on to the end of the line. Words that nobody knows are
 * kept, and hinder none of the others.
 *
 * @param percent of the configured weight, 0 or more; null if the answer does not say
 * @param maxConnections at once, 0 for no limit; null if the answer does not say
 * @param admin what the server's administrator wants; null if the answer does not say
 * @param state whether the server works; null if the answer does not say
 * @param text behind {@code #}; empty without, and meant for a {@code state} alone
 * @param notUnderstood words that are none of agent-check, or have no number where one belongs
 */
public record AgentAnswer(
    @Nullable Integer percent,
    @Nullable Integer maxConnections,
    @Nullable Admin admin,
    @Nullable State state,
    String text,
    List<String> notUnderstood) {
  private static final String MAXCONN = "maxconn:";

  /** What the server's administrator wants. */
  public enum Admin {
    /** Neither of the others any more. */
    READY,
    /** Nothing new but from remembered clients. */
    DRAIN,
    /** Nothing new at all, and no checks. */
    MAINT;

    /** As in answers: {@code maint}. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Whether the server works. The last three differ for people alone. */
  public enum State {
    UP,
    DOWN,
    FAIL,
    STOPPED;

    /** As in answers: {@code stopped}. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public AgentAnswer {
    notUnderstood = List.copyOf(notUnderstood);
  }

  /**
   * The line that counts of what was received: up to the first CR or LF. Empty as long as there is
   * none; of an answer that ends without one, haproxy believes nothing, because its end may be
   * missing.
   */
  public static Optional<String> line(String received) {
    for (int i = 0; i < received.length(); i++) {
      char c = received.charAt(i);
      if (c == '\n' || c == '\r') {
        return Optional.of(received.substring(0, i));
      }
      if (c == 0) {
        return Optional.empty(); // ends the text for haproxy, which then misses the line's end
      }
    }
    return Optional.empty();
  }

  /** Reads a line; any text is an answer, if perhaps one that says nothing. */
  public static AgentAnswer parse(String line) {
    String weight = null;
    String most = null;
    Admin admin = null;
    State state = null;
    String text = "";
    List<String> notUnderstood = new ArrayList<>();
    int at = 0;
    while (at < line.length()) {
      if (isSeparator(line.charAt(at))) {
        at++;
        continue;
      }
      if (line.charAt(at) == '#') {
        text = line.substring(at + 1).strip();
        break;
      }
      int end = at + 1;
      while (end < line.length() && !isSeparator(line.charAt(end))) {
        end++;
      }
      String word = line.substring(at, end);
      at = end;
      String lower = word.toLowerCase(Locale.ROOT);
      Admin wanted = word(lower, Admin.values());
      State told = word(lower, State.values());
      if (wanted != null) {
        admin = wanted;
      } else if (told != null) {
        state = told;
      } else if (isDigit(word.charAt(0)) && word.indexOf('%') >= 0) {
        weight = word;
      } else if (lower.startsWith(MAXCONN)) {
        most = word;
      } else {
        notUnderstood.add(word);
      }
    }
    // Only now, as haproxy does: the last one counts also if it is no number.
    Integer percent =
        weight == null || !weight.endsWith("%")
            ? null
            : number(weight.substring(0, weight.length() - 1));
    Integer maxConnections = most == null ? null : number(most.substring(MAXCONN.length()));
    if (weight != null && percent == null) {
      notUnderstood.add(weight);
    }
    if (most != null && maxConnections == null) {
      notUnderstood.add(most);
    }
    return new AgentAnswer(percent, maxConnections, admin, state, text, notUnderstood);
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isSeparator(char c) {
    return c == ' ' || c == '\t' || c == ',';
  }

  private static <E extends Enum<E>> @Nullable E word(String lower, E[] known) {
    for (E each : known) {
      if (each.toString().equals(lower)) {
        return each;
      }
    }
    return null;
  }

  /** ASCII digits alone; more than fit into an int are the largest int. */
  private static @Nullable Integer number(String digits) {
    long number = 0;
    for (int i = 0; i < digits.length(); i++) {
      char c = digits.charAt(i);
      if (!isDigit(c)) {
        return null;
      }
      number = Math.min(Integer.MAX_VALUE, number * 10 + (c - '0'));
    }
    return digits.isEmpty() ? null : (int) number;
  }

  /** The words of agent-check that it comes to, such as {@code 50% maxconn:30 drain down #why}. */
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
      words.add(admin.toString());
    }
    if (state != null) {
      words.add(state.toString());
    }
    words.addAll(notUnderstood);
    if (!text.isEmpty()) {
      words.add("#" + text);
    }
    return String.join(" ", words);
  }
}

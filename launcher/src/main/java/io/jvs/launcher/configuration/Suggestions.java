package io.jvs.launcher.configuration;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** Guesses which known word a mistyped one was meant to be. */
final class Suggestions {
  /** Shorter parts of words occur in too many of them. */
  private static final int SHORTEST_PART = 4;

  private Suggestions() {}

  /** The nearest known word, if one is near enough to be worth saying. */
  static Optional<String> nearest(String word, Collection<String> known) {
    String wanted = normal(word);
    String best = null;
    int bestDistance = Math.max(1, wanted.length() / 3) + 1;
    for (String candidate : known) {
      String other = normal(candidate);
      boolean part =
          wanted.length() >= SHORTEST_PART && (other.contains(wanted) || wanted.contains(other));
      int distance = Math.min(distance(wanted, other), part ? 1 : Integer.MAX_VALUE);
      if (distance < bestDistance) {
        best = candidate;
        bestDistance = distance;
      }
    }
    return Optional.ofNullable(best);
  }

  /** {@code ; did you mean 'x'?} or nothing. */
  static String hint(String word, Collection<String> known) {
    return nearest(word, known).map(near -> "; did you mean '" + near + "'?").orElse("");
  }

  /** {@code real_servers}, {@code Real-Servers} and {@code realServers} are the same word. */
  private static String normal(String word) {
    return word.toLowerCase(Locale.ROOT).replace("-", "").replace("_", "");
  }

  /** Letters to insert, remove, replace or swap with their neighbour (Damerau, restricted). */
  private static int distance(String a, String b) {
    int[][] d = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          d[i][j] = i + j;
          continue;
        }
        int same = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        d[i][j] = Math.min(Math.min(d[i - 1][j], d[i][j - 1]) + 1, d[i - 1][j - 1] + same);
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
        }
      }
    }
    return d[a.length()][b.length()];
  }
}

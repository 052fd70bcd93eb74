package io.jvs.kernel.ipvs;

import java.util.List;
import java.util.stream.Collectors;

/** A file of commands is wrong; tells all that is. Nothing has been done with the rest of it. */
public final class SaveFormatException extends Exception {
  private static final long serialVersionUID = 1;

  private final transient List<Problem> problems;

  SaveFormatException(List<Problem> problems) {
    super(problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
    this.problems = List.copyOf(problems);
  }

  public List<Problem> problems() {
    return problems;
  }

  /**
   * What is wrong with a line.
   *
   * @param line from 1
   * @param text the line, shortened if it is long
   * @param message what is wrong and what was expected
   */
  public record Problem(int line, String text, String message) {
    /** {@code line 3: -A -t 10.0.0.1:80 -w 3: -w does not go with -A}. */
    @Override
    public String toString() {
      return "line " + line + ": " + text + ": " + message;
    }
  }
}

package io.jvs.benchmarks.proxy;

import java.io.IOException;
import java.util.List;

/** What both commands do around their comparison. */
final class Command {
  private Command() {}

  /**
   * Reads options, prepares, and compares in a {@link Workshop} that is cleared afterwards.
   *
   * @param measures see {@link Options#parse}
   */
  static void run(String[] arguments, List<String> measures, Preparation preparation)
      throws Exception {
    Options options;
    try {
      options = Options.parse(List.of(arguments), measures);
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.exit(2);
      return;
    }
    Comparison comparison = preparation.prepare(options);
    try (Workshop workshop = new Workshop(options.tools())) {
      if (!workshop.pins()) {
        System.out.println("Missing: taskset (Debian: apt install util-linux); nothing is pinned.");
      }
      try {
        comparison.compare(workshop);
      } catch (IOException e) {
        if (!workshop.interrupted()) {
          throw e;
        }
      }
    }
  }

  /** Finds out who can be compared. */
  interface Preparation {
    Comparison prepare(Options options) throws IOException, InterruptedException;
  }

  /** Measures and prints. */
  interface Comparison {
    void compare(Workshop workshop) throws IOException, InterruptedException;
  }
}

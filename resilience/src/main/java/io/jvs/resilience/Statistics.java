package io.jvs.resilience;

/**
 * What was counted of one server.
 *
 * @param calls with an outcome, within the window
 * @param failures those of them that failed, in whatever way; slow or not
 * @param slow those of them that took too long, failed or not
 * @param connectFailures how many connects have failed since the last that did not, within the
 *     window or not
 * @param badInARow how many calls have failed or been slow since the last good one, within the
 *     window or not
 */
public record Statistics(int calls, int failures, int slow, int connectFailures, int badInARow) {
  public Statistics {
    if (failures < 0
        || failures > calls
        || slow < 0
        || slow > calls
        || connectFailures < 0
        || badInARow < 0) {
      throw new IllegalArgumentException(
          failures
              + " failures and "
              + slow
              + " slow of "
              + calls
              + " calls, "
              + connectFailures
              + " connect failures, "
              + badInARow
              + " bad in a row (expected: 0 to the number of calls; in a row: 0 or more)");
    }
  }

  /** The share of calls that did not fail, 0 to 1; 1 if there were none. */
  double successRate() {
    return calls == 0 ? 1 : (double) (calls - failures) / calls;
  }
}

package io.jvs.health;

/**
 * What the checks of one server have shown so far. Pure: time and results come from outside.
 *
 * @param up the verdict
 * @param against results in a row that speak against the verdict
 */
public record HealthState(boolean up, int against) {
  /** Up until checks say otherwise. */
  public static final HealthState INITIAL = new HealthState(true, 0);

  /**
   * The state after one more result.
   *
   * @param rise successes in a row that make a server up again
   * @param fall failures in a row that make it down
   */
  public HealthState after(boolean passed, int rise, int fall) {
    if (passed == up) {
      return against == 0 ? this : new HealthState(up, 0);
    }
    int more = against + 1;
    return more >= (up ? fall : rise) ? new HealthState(!up, 0) : new HealthState(up, more);
  }
}

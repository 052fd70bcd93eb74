package io.jvs.model;

import java.time.Duration;

/**
 * How weights follow what servers can take. Every interval the source is asked; from the answers
 * comes a factor for each server, such that the weights of a service keep their sum. Factors move
 * slowly, so that measuring what one has just changed does not become an oscillation.
 *
 * @param source tells loads or weights
 * @param meaning which of the two
 * @param interval from one round to the next, 100 ms to 1 day
 * @param smoothing time constant over which values are averaged, 0 to 1 day; 0 for no averaging
 * @param maxStep by how much of the configured weight a factor moves per round, 0.001 to 1
 * @param floor the least factor, 0.01 to 1
 * @param ceiling the largest factor, 1 to 10
 * @param deadBand a factor stays as long as it is wrong by no more than this part of itself, 0 to
 *     0.5
 */
public record FeedbackDeclaration(
    LoadSource source,
    Meaning meaning,
    Duration interval,
    Duration smoothing,
    double maxStep,
    double floor,
    double ceiling,
    double deadBand) {

  /** What a source tells. */
  public enum Meaning {
    /**
     * How busy a server is, with any unit: utilization, queue length. A server with twice the load
     * of its neighbours at the same weight shall have half the weight.
     */
    LOAD,
    /** How much a server can take relative to its neighbours, whatever is configured. */
    WEIGHT
  }

  /**
   * Averaged over 10 s, one step is a tenth of the weight; between a tenth and three times of it.
   */
  public static FeedbackDeclaration of(LoadSource source, Meaning meaning) {
    return new FeedbackDeclaration(
        source, meaning, Duration.ofSeconds(2), Duration.ofSeconds(10), 0.1, 0.1, 3, 0.02);
  }

  public FeedbackDeclaration {
    if (interval.compareTo(Duration.ofMillis(100)) < 0
        || interval.compareTo(Duration.ofDays(1)) > 0) {
      throw new IllegalArgumentException(
          "feedback interval " + Durations.format(interval) + " (expected: 100ms to 1d)");
    }
    if (smoothing.isNegative() || smoothing.compareTo(Duration.ofDays(1)) > 0) {
      throw new IllegalArgumentException(
          "feedback smoothing " + Durations.format(smoothing) + " (expected: 0s to 1d)");
    }
    check("step", maxStep, 0.001, 1);
    check("floor", floor, 0.01, 1);
    check("ceiling", ceiling, 1, 10);
    check("dead band", deadBand, 0, 0.5);
  }

  private static void check(String name, double value, double min, double max) {
    if (!(value >= min && value <= max)) {
      throw new IllegalArgumentException(
          "feedback " + name + " " + value + " (expected: " + text(min) + " to " + text(max) + ")");
    }
  }

  private static String text(double limit) {
    return limit == Math.rint(limit) ? String.valueOf((long) limit) : String.valueOf(limit);
  }

  public FeedbackDeclaration every(Duration newInterval) {
    return new FeedbackDeclaration(
        source, meaning, newInterval, smoothing, maxStep, floor, ceiling, deadBand);
  }

  public FeedbackDeclaration smoothing(Duration newSmoothing) {
    return new FeedbackDeclaration(
        source, meaning, interval, newSmoothing, maxStep, floor, ceiling, deadBand);
  }

  public FeedbackDeclaration maxStep(double newStep) {
    return new FeedbackDeclaration(
        source, meaning, interval, smoothing, newStep, floor, ceiling, deadBand);
  }

  public FeedbackDeclaration between(double newFloor, double newCeiling) {
    return new FeedbackDeclaration(
        source, meaning, interval, smoothing, maxStep, newFloor, newCeiling, deadBand);
  }

  public FeedbackDeclaration deadBand(double newDeadBand) {
    return new FeedbackDeclaration(
        source, meaning, interval, smoothing, maxStep, floor, ceiling, newDeadBand);
  }

  @Override
  public String toString() {
    return "feedback of " + source + " every " + Durations.format(interval);
  }
}

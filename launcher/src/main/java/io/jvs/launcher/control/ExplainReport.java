package io.jvs.launcher.control;

import io.jvs.balancing.Explanation;
import java.time.temporal.ChronoUnit;
import java.util.List;

/**
 * Why a server is used as it is, as JSON says it; see {@link Explanation}.
 *
 * @param connections active and inactive ones at the moment
 */
public record ExplainReport(
    String service,
    String server,
    double weight,
    boolean chosen,
    String conclusion,
    int connections,
    List<Step> steps,
    List<Change> history) {
  public ExplainReport {
    steps = List.copyOf(steps);
    history = List.copyOf(history);
  }

  /** One step, in the order in which they are applied. */
  public record Step(String source, String value, double weight, String since, String reason) {}

  /** A change, newest first. */
  public record Change(String at, String cause, String consequence) {}

  /** The explanation as JSON says it. */
  public static ExplainReport of(Explanation explanation, int connections) {
    return new ExplainReport(
        explanation.service(),
        explanation.server().name(),
        explanation.weight(),
        explanation.chosen(),
        explanation.conclusion(),
        connections,
        explanation.steps().stream()
            .map(
                step ->
                    new Step(
                        step.source(),
                        step.value(),
                        step.weight(),
                        step.since().truncatedTo(ChronoUnit.SECONDS).toString(),
                        step.reason()))
            .toList(),
        explanation.history().stream()
            .map(
                change ->
                    new Change(
                        change.at().truncatedTo(ChronoUnit.SECONDS).toString(),
                        change.cause(),
                        change.consequence()))
            .toList());
  }
}

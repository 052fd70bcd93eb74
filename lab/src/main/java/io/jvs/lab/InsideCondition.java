package io.jvs.lab;

import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Disables what is annotated {@link InLab} where there is no lab around it. */
final class InsideCondition implements ExecutionCondition {
  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    return Lab.inside()
        ? ConditionEvaluationResult.enabled("inside a guest")
        : ConditionEvaluationResult.disabled(
            "runs inside a guest of the lab only; the module's test that calls LabTests runs it");
  }
}

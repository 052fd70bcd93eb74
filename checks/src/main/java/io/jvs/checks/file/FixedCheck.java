package io.jvs.checks.file;

import io.jvs.health.ActiveCheck;
import io.jvs.health.CheckAttempt;
import io.jvs.health.CheckResult;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Always the same verdict: ldirectord's {@code checktype = on} and {@code off}.
 *
 * @param up whether it is up
 */
public record FixedCheck(boolean up) implements ActiveCheck {
  @Override
  public String kind() {
    return up ? "on" : "off";
  }

  @Override
  public CompletionStage<CheckResult> start(CheckAttempt attempt) {
    return CompletableFuture.completedFuture(
        up ? CheckResult.passed("always on") : CheckResult.failed("always off"));
  }

  @Override
  public String toString() {
    return kind();
  }
}

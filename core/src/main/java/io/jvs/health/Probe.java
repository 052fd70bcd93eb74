package io.jvs.health;

import io.jvs.model.HealthDeclaration;
import io.jvs.model.RealServer;
import java.util.concurrent.CompletionStage;

/** Tries once whether a server works. Called by the monitor's timer thread; must not block. */
@FunctionalInterface
public interface Probe {
  /**
   * Starts one check. The result must come within the declared timeout; an exception counts as a
   * failure.
   */
  CompletionStage<Result> start(RealServer server, HealthDeclaration declaration);

  /**
   * What one check has shown.
   *
   * @param detail for people: why it failed, such as {@code connect timed out after 2 s}
   */
  record Result(boolean passed, String detail) {
    public static final Result PASSED = new Result(true, "passed");

    public static Result failed(String why) {
      return new Result(false, why);
    }
  }
}

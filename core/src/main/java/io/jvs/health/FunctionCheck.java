package io.jvs.health;

import io.jvs.model.RealServer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * A check in this process. Equal to another if it has the same name and the same function object,
 * so keep the object over a reload.
 *
 * @param name for messages, such as {@code queue-depth}
 * @param function starts a try; must not block
 */
public record FunctionCheck(
    String name, Function<? super CheckAttempt, ? extends CompletionStage<CheckResult>> function)
    implements ActiveCheck {

  /** A quick question that does not block. */
  public static FunctionCheck of(String name, Predicate<RealServer> works) {
    return new FunctionCheck(
        name,
        attempt ->
            CompletableFuture.completedFuture(
                works.test(attempt.server())
                    ? CheckResult.passed(name + " says yes")
                    : CheckResult.failed(name + " says no")));
  }

  @Override
  public String kind() {
    return "function";
  }

  @Override
  public CompletionStage<CheckResult> start(CheckAttempt attempt) {
    return function.apply(attempt).thenApply(result -> result);
  }

  @Override
  public String toString() {
    return name;
  }
}

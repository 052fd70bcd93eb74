package io.jvs.health;

import io.jvs.model.HealthCheck;
import java.util.concurrent.CompletionStage;

/**
 * A check that can be run: best a record, so that equal settings are equal checks. Many servers
 * share one object, so it keeps nothing about any of them.
 */
public interface ActiveCheck extends HealthCheck {
  /**
   * Starts one try. Called by the monitor's timer thread; must not block: what does, runs in {@link
   * CheckAttempt#blocking}. An exception counts as a failure.
   *
   * <p>The monitor keeps the time: at {@link CheckAttempt#timeout} it completes the attempt as
   * failed with what {@link CheckAttempt#doing} said last, and runs {@link CheckAttempt#onEnd},
   * where sockets and processes are closed. A result that comes later is ignored.
   */
  CompletionStage<CheckResult> start(CheckAttempt attempt);
}

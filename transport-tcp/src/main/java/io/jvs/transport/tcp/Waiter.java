package io.jvs.transport.tcp;

import io.jvs.balancing.Admission;
import io.jvs.balancing.Connection;
import io.jvs.model.Flow;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A client that waits for a real server; a link of an {@link AdmissionQueue}. */
final class Waiter {
  final Flow flow;
  final @Nullable Connection failed;
  final Consumer<@Nullable Admission> answer;
  final long sinceNanos;

  // Guarded by the queue.
  @Nullable Waiter previous;
  @Nullable Waiter next;
  boolean waits;

  /**
   * @param failed where the flow has been in vain, or null
   * @param answer gets what came of it, on any thread, once, unless the client is removed; null if
   *     it is to be reset, and everybody has been told why
   */
  Waiter(
      Flow flow,
      @Nullable Connection failed,
      long sinceNanos,
      Consumer<@Nullable Admission> answer) {
    this.flow = flow;
    this.failed = failed;
    this.sinceNanos = sinceNanos;
    this.answer = answer;
  }
}

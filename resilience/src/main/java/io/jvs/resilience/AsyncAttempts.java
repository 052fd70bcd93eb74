package io.jvs.resilience;

import io.jvs.balancing.Connection;
import io.jvs.balancing.Failure;
import io.jvs.balancing.NoRealServerException;
import io.jvs.balancing.Phase;
import io.jvs.model.Flow;
import io.jvs.model.RealServer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One asynchronous call: its attempts, of which two may be under way at once. All state belongs to
 * its turns.
 */
final class AsyncAttempts<T> {
  private final ResilientCalls<T> calls;
  private final Flow flow;
  private final Function<RealServer, ? extends CompletionStage<T>> call;
  private final CompletableFuture<T> result = new CompletableFuture<>();
  private final Turns turns = new Turns();
  private final List<Attempt<T>> underWay = new ArrayList<>(2);
  private @Nullable Connection latest; // knows all earlier ones, so that none is tried twice
  private @Nullable Throwable earlier;
  private @Nullable Future<?> hedge;

  private record Attempt<T>(Connection connection, CompletableFuture<T> stage, long began) {}

  AsyncAttempts(
      ResilientCalls<T> calls, Flow flow, Function<RealServer, ? extends CompletionStage<T>> call) {
    this.calls = calls;
    this.flow = flow;
    this.call = call;
  }

  CompletionStage<T> start() {
    Connection connection;
    try {
      connection = calls.first(flow);
    } catch (NoRealServerException e) {
      result.completeExceptionally(e);
      return result;
    }
    turns.run(
        () -> {
          attempt(connection);
          scheduleHedge();
        });
    var unused =
        result.whenComplete(
            (value, thrown) -> {
              if (result.isCancelled()) {
                turns.run(this::finish);
              }
            });
    return result;
  }

  private void scheduleHedge() {
    ScheduledExecutorService timer = calls.timer();
    long delay = calls.hedgeNanos();
    if (timer == null || delay < 0 || result.isDone()) {
      return;
    }
    try {
      hedge = timer.schedule(() -> turns.run(this::hedge), delay, TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) {
      // The timer is closed: no second call, as if the first had been fast enough.
    }
  }

  private void hedge() {
    if (!result.isDone() && underWay.size() == 1 && latest != null) {
      Connection beside = calls.beside(flow, latest);
      if (beside != null) {
        attempt(beside);
      }
    }
  }

  private void attempt(Connection connection) {
    latest = connection;
    connection.advance(Phase.ACTIVE);
    CompletionStage<T> stage;
    CompletableFuture<T> future;
    try {
      stage = call.apply(connection.server());
      future = stage.toCompletableFuture();
    } catch (Throwable thrown) { // goes into the result; the count must be given back
      failed(connection, thrown);
      return;
    }
    Attempt<T> attempt = new Attempt<>(connection, future, calls.nanoTime());
    underWay.add(attempt);
    var unused =
        stage.whenComplete((value, thrown) -> turns.run(() -> ended(attempt, value, thrown)));
  }

  private void ended(Attempt<T> attempt, @Nullable T value, @Nullable Throwable completion) {
    if (!underWay.remove(attempt)) {
      return; // dropped before
    }
    if (completion != null) {
      failed(
          attempt.connection,
          completion instanceof CompletionException && completion.getCause() != null
              ? completion.getCause()
              : completion);
      return;
    }
    calls.took(calls.nanoTime() - attempt.began);
    answered(attempt.connection, value);
  }

  @SuppressWarnings("NullAway") // T may be a nullable type, and null what such a call gave
  private void answered(Connection connection, @Nullable T value) {
    try {
      if (!calls.answered(connection, value)) {
        Connection next = calls.elsewhere(flow, chain(connection));
        if (next != null) {
          attempt(next);
          return;
        }
        if (!underWay.isEmpty()) {
          return; // the other may still do better
        }
      }
      finish();
      result.complete(value);
    } catch (RuntimeException judgementFailed) { // from outside; the caller must get an answer
      finish();
      result.completeExceptionally(judgementFailed);
    }
  }

  private void failed(Connection connection, Throwable thrown) {
    try {
      Failure failure = calls.failed(connection, thrown);
      if (earlier != null && earlier != thrown) {
        thrown.addSuppressed(earlier);
      }
      earlier = thrown;
      Connection next = calls.elsewhere(flow, chain(connection), failure);
      if (next != null) {
        attempt(next);
        return;
      }
    } catch (RuntimeException classifierFailed) { // from outside; the caller must get an answer
      thrown.addSuppressed(classifierFailed);
    }
    if (underWay.isEmpty()) {
      finish();
      result.completeExceptionally(thrown);
    }
  }

  private Connection chain(Connection connection) {
    return latest == null ? connection : latest;
  }

  private void finish() {
    if (hedge != null) {
      hedge.cancel(false);
    }
    dropTheRest();
  }

  /** The call is over, so what is left proves nothing, unless it has taken too long already. */
  private void dropTheRest() {
    List<Attempt<T>> rest = List.copyOf(underWay);
    underWay.clear();
    for (Attempt<T> each : rest) {
      each.connection.stillUnanswered();
      each.connection.abandon();
      each.stage.cancel(true);
    }
  }
}

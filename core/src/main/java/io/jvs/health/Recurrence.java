package io.jvs.health;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Something that is asked again and again, and never twice at once: if it is due while the last
 * answer is still waited for, the next begins when that has come. Answers that come after {@link
 * #stop}, or after the timer was closed, are forgotten. Timer thread only.
 */
final class Recurrence {
  private final ScheduledExecutorService timer;
  private final Runnable question;
  private final LongSupplier interval;
  private @Nullable Future<?> next;
  private boolean running;
  private boolean overdue; // the next was due while one was running
  private boolean stopped;

  /**
   * @param question what to do when it is due; what it asks, it {@link #await awaits}
   * @param interval nanoseconds from this time to the next, asked each time
   */
  Recurrence(ScheduledExecutorService timer, Runnable question, LongSupplier interval) {
    this.timer = timer;
    this.question = question;
    this.interval = interval;
  }

  /** Due after so many nanoseconds, and not when it would have been. */
  void in(long nanos) {
    cancel();
    if (stopped) {
      return;
    }
    try {
      next = timer.schedule(this::due, nanos, TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) {
      stopped = true; // the monitor is closed
    }
  }

  /** Whether an answer is waited for. */
  boolean isRunning() {
    return running;
  }

  void stop() {
    stopped = true;
    cancel();
  }

  private void cancel() {
    if (next != null) {
      next.cancel(false);
      next = null;
    }
  }

  private void due() {
    next = null;
    if (stopped) {
      return;
    }
    if (running) {
      overdue = true;
      return;
    }
    in(interval.getAsLong());
    question.run();
  }

  /** Waits for an answer, and tells it on the timer's thread; nothing else begins before. */
  <T> void await(CompletableFuture<T> answer, Consumer<T> told) {
    running = true;
    if (answer.isDone()) { // on this thread
      ended(answer.join(), told);
      return;
    }
    var unused =
        answer.thenAccept(
            result -> {
              try {
                timer.execute(() -> ended(result, told));
              } catch (RejectedExecutionException e) {
                // Closed: nobody wants to know any more.
              }
            });
  }

  private <T> void ended(T result, Consumer<T> told) {
    running = false;
    if (stopped) {
      return;
    }
    told.accept(result);
    if (overdue) {
      overdue = false;
      cancel();
      due();
    }
  }
}

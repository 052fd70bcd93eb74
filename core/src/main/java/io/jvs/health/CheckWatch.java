package io.jvs.health;

import io.jvs.model.CheckDeclaration;
import io.jvs.model.CheckTiming;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** One check of one server: when it is tried next, and what it has shown. Timer thread only. */
final class CheckWatch {
  private final ServerWatch owner;
  private CheckDeclaration declaration;
  private HealthState state;
  private CheckResult last = CheckResult.passed("not checked yet");
  private @Nullable String warning;
  private @Nullable Future<?> next;
  private boolean running;
  private boolean overdue; // the next try was due while one was running
  private boolean stopped;

  CheckWatch(ServerWatch owner, CheckDeclaration declaration, HealthState state) {
    this.owner = owner;
    this.declaration = declaration;
    this.state = state;
  }

  /** Whether it would see the same as before with that declaration, if perhaps at other times. */
  boolean isSame(CheckDeclaration other) {
    return declaration.check().equals(other.check()) && declaration.target().equals(other.target());
  }

  boolean isUp() {
    return state.up();
  }

  String name() {
    return declaration.toString();
  }

  String lastDetail() {
    return last.detail();
  }

  /** {@code 3 checks failed: connection refused}. */
  String failures(boolean named) {
    int fall = declaration.timing().fall();
    return (named ? declaration.check().kind() + ": " : "")
        + (fall == 1 ? "check failed" : fall + " checks failed")
        + ": "
        + last.detail();
  }

  /** Begins at a random moment of the first interval. */
  void start(RandomGenerator random) {
    scheduleIn(random.nextLong(declaration.timing().interval().toNanos()));
  }

  void declare(CheckDeclaration newDeclaration, RandomGenerator random) {
    CheckTiming before = declaration.timing();
    declaration = newDeclaration;
    boolean sooner = newDeclaration.timing().interval().compareTo(before.interval()) < 0;
    if (sooner && !running) {
      cancel();
      start(random);
    }
  }

  void stop() {
    stopped = true;
    cancel();
  }

  private void cancel() {
    if (next != null) {
      next.cancel(false);
    }
  }

  private void scheduleIn(long nanos) {
    try {
      CheckRunner runner = owner.runner();
      next = runner.timer().schedule(this::due, runner.rounded(nanos), TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) {
      stopped = true; // the monitor is closed
    }
  }

  private void due() {
    if (stopped) {
      return;
    }
    if (running) {
      overdue = true; // never two at once; the end of this one begins the next
      return;
    }
    scheduleIn(interval());
    if (owner.isPaused()) {
      return;
    }
    running = true;
    CompletableFuture<CheckResult> made =
        owner.runner().run(owner.service(), owner.server(), declaration);
    if (made.isDone()) { // on this thread
      ended(made.join());
      return;
    }
    var unused =
        made.thenAccept(
            result -> {
              try {
                owner.runner().timer().execute(() -> ended(result));
              } catch (RejectedExecutionException e) {
                stopped = true;
              }
            });
  }

  /** The interval of this moment, with its jitter. */
  private long interval() {
    CheckTiming timing = declaration.timing();
    boolean failing = !state.up() || state.against() > 0;
    long nanos = (failing ? timing.whileFailing() : timing.interval()).toNanos();
    long most = nanos / 100 * timing.jitterPercent();
    return most == 0 ? nanos : nanos - most + owner.random().nextLong(2 * most + 1);
  }

  private void ended(CheckResult result) {
    running = false;
    if (stopped) {
      return;
    }
    boolean wasCalm = state.up() && state.against() == 0;
    CheckTiming timing = declaration.timing();
    last = result;
    state = state.after(result.passed(), timing.rise(), timing.fall());
    if (!Objects.equals(warning, result.warning())) {
      warning = result.warning();
      owner.warned(this, warning);
    }
    owner.shown(this, result);
    boolean isCalm = state.up() && state.against() == 0;
    if (overdue) {
      overdue = false;
      cancel();
      due();
    } else if (wasCalm != isCalm && !timing.whileFailing().equals(timing.interval())) {
      cancel();
      scheduleIn(interval()); // from now on at the other pace
    }
  }
}

package io.jvs.health;

import io.jvs.model.CheckDeclaration;
import io.jvs.model.CheckTiming;
import java.util.Objects;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** One check of one server: when it is tried next, and what it has shown. Timer thread only. */
final class CheckWatch {
  private final ServerWatch owner;
  private final Recurrence tries;
  private CheckDeclaration declaration;
  private HealthState state;
  private CheckResult last = CheckResult.passed("not checked yet");
  private @Nullable String warning;

  CheckWatch(ServerWatch owner, CheckDeclaration declaration, HealthState state) {
    this.owner = owner;
    this.declaration = declaration;
    this.state = state;
    this.tries = new Recurrence(owner.runner().timer(), this::check, this::interval);
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
    tries.in(owner.runner().rounded(random.nextLong(declaration.timing().interval().toNanos())));
  }

  void declare(CheckDeclaration newDeclaration, RandomGenerator random) {
    CheckTiming before = declaration.timing();
    declaration = newDeclaration;
    boolean sooner = newDeclaration.timing().interval().compareTo(before.interval()) < 0;
    if (sooner && !tries.isRunning()) {
      start(random);
    }
  }

  void stop() {
    tries.stop();
  }

  private void check() {
    if (!owner.isPaused()) {
      CheckRunner runner = owner.runner();
      tries.await(runner.run(owner.service(), owner.server(), declaration), this::ended);
    }
  }

  /** The interval of this moment in nanoseconds, with its jitter. */
  private long interval() {
    CheckTiming timing = declaration.timing();
    boolean failing = !state.up() || state.against() > 0;
    long nanos = (failing ? timing.whileFailing() : timing.interval()).toNanos();
    long most = nanos / 100 * timing.jitterPercent();
    return owner
        .runner()
        .rounded(most == 0 ? nanos : nanos - most + owner.random().nextLong(2 * most + 1));
  }

  private void ended(CheckResult result) {
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
    if (wasCalm != isCalm && !timing.whileFailing().equals(timing.interval())) {
      tries.in(interval()); // from now on at the other pace
    }
  }
}

package io.jvs.checks.command;

import io.jvs.health.CheckAttempt;
import io.jvs.health.CheckResult;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One run of a program. Its output is fetched by the timer, now and then and only as much as is
 * there, so that no thread waits for it and a program that prints without end is merely slowed
 * down: a pipe holds 64 KiB.
 */
final class CommandRun {
  private static final long FETCH_EVERY_MS = 100;

  private final CommandCheck check;
  private final CheckAttempt attempt;
  private final CompletableFuture<CheckResult> result = new CompletableFuture<>();
  private final AtomicBoolean ended = new AtomicBoolean();
  private final FirstLine output = new FirstLine();

  CommandRun(CommandCheck check, CheckAttempt attempt) {
    this.check = check;
    this.attempt = attempt;
  }

  CompletableFuture<CheckResult> begin() {
    attempt.doing("starting " + check.command().get(0));
    attempt.onEnd(() -> ended.set(true));
    try {
      attempt.blocking().execute(this::launch); // forking takes its time
    } catch (RejectedExecutionException e) {
      result.complete(CheckResult.failed("the monitor is closed"));
    }
    return result;
  }

  private void launch() {
    if (ended.get()) {
      return; // the time was up before there was a thread for it
    }
    Process process;
    try {
      Subject subject = new Subject(attempt);
      ProcessBuilder builder = new ProcessBuilder(check.words(subject)).redirectErrorStream(true);
      builder.environment().putAll(check.variables(subject));
      process = builder.start();
    } catch (IOException e) {
      result.complete(CheckResult.failed(String.valueOf(e.getMessage())));
      return;
    }
    attempt.doing("waiting for " + check.command().get(0));
    attempt.onEnd(() -> end(process));
    try {
      process.getOutputStream().close(); // there is nothing to read for it
      Future<?> fetching =
          attempt
              .timer()
              .scheduleWithFixedDelay(
                  () -> output.fetch(process.getInputStream()),
                  FETCH_EVERY_MS,
                  FETCH_EVERY_MS,
                  TimeUnit.MILLISECONDS);
      attempt.onEnd(() -> fetching.cancel(false));
    } catch (IOException | RejectedExecutionException e) {
      // It has ended already, or the monitor has: then its exit is all that is left to see.
    }
    var unused = process.onExit().thenAccept(this::exited);
  }

  private void exited(Process process) {
    output.fetch(process.getInputStream());
    result.complete(check.judge(process.exitValue(), output.text()));
  }

  /** With all that descends from it; looking for those takes a walk through all processes. */
  private void end(Process process) {
    if (!process.isAlive()) {
      close(process.getInputStream());
      return;
    }
    try {
      attempt.blocking().execute(() -> kill(process));
    } catch (RejectedExecutionException e) {
      kill(process);
    }
  }

  private static void kill(Process process) {
    // The parent first, stopped from starting more, would orphan them out of sight: so look first.
    var children = process.descendants().toList();
    process.destroyForcibly();
    children.forEach(ProcessHandle::destroyForcibly);
    close(process.getInputStream());
  }

  private static void close(@Nullable InputStream in) {
    try {
      if (in != null) {
        in.close();
      }
    } catch (IOException e) {
      // Nobody reads from it any more.
    }
  }
}

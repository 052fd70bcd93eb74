package io.jvs.agent;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Measures every interval how much the server can take, and knows the answer. Of several
 * percentages the lowest counts: a load of 0.3 leaves 70 %. What the administrator wants and
 * whether the server works come from a file and a script; {@code ready} and {@code up} are only
 * said where there is one of them to say otherwise, because a director lets nobody but the agent
 * undo the agent's words.
 *
 * <p>{@link #get} may be called by any thread and does not block.
 */
public final class LoadMeter implements Supplier<Answer>, AutoCloseable {
  /** Percentages that differ by less are not worth a note. */
  private static final int NOTEWORTHY_PERCENT = 10;

  private final Map<LoadSource, Smoothing> sources = new LinkedHashMap<>();
  private final @Nullable Script script;
  private final @Nullable OperatorFile operatorFile;
  private final int percentFloor;
  private final Duration interval;
  private final Consumer<String> notes;
  private final LongSupplier nanoTime;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "jvs-agent-meter");
            thread.setDaemon(true);
            return thread;
          });
  private final Map<Object, String> problems = new LinkedHashMap<>(); // meter's thread only
  private Answer scripted = Answer.NOTHING; // the last of the script
  private Answer ordered = Answer.NOTHING; // the last of the file
  private @Nullable Answer noted;
  private long measuredAt;
  private volatile Answer answer = Answer.NOTHING;

  private LoadMeter(Builder builder, LongSupplier nanoTime) {
    for (LoadSource each : builder.sources) {
      sources.put(each, new Smoothing(builder.smoothing));
    }
    script = builder.script;
    operatorFile = builder.operatorFile == null ? null : new OperatorFile(builder.operatorFile);
    percentFloor = builder.percentFloor;
    interval = builder.interval;
    notes = builder.notes;
    this.nanoTime = nanoTime;
    measuredAt = nanoTime.getAsLong();
  }

  public static Builder builder() {
    return new Builder();
  }

  /** The answer as of the last measurement. */
  @Override
  public Answer get() {
    return answer;
  }

  /** Measures no more; the last answer stays. */
  @Override
  public void close() {
    timer.shutdownNow();
  }

  /** Called by one thread at a time. */
  void measure() {
    long now = nanoTime.getAsLong();
    long passed = now - measuredAt;
    measuredAt = now;
    Integer percent = null;
    for (Map.Entry<LoadSource, Smoothing> each : sources.entrySet()) {
      double load = each.getValue().add(measured(each.getKey()), passed);
      if (!Double.isNaN(load)) {
        percent = lower(percent, (int) Math.round(100 * (1 - Math.min(1, Math.max(0, load)))));
      }
    }
    if (percent != null) {
      percent = Math.max(percentFloor, percent);
    }
    if (script != null) {
      scripted = run(script);
      percent = lower(percent, scripted.percent());
    }
    if (operatorFile != null) {
      ordered = read(operatorFile);
      percent = lower(percent, ordered.percent());
    }
    Answer worst = worse(ordered, scripted);
    Answer next =
        new Answer(
            percent,
            lower(scripted.maxConnections(), ordered.maxConnections()),
            stronger(scripted.admin(), ordered.admin()),
            worst.state(),
            worst.why());
    answer = next;
    note(next);
  }

  private double measured(LoadSource source) {
    try {
      double load = source.load();
      problem(source, null);
      return load;
    } catch (RuntimeException e) { // from a source that is not ours
      problem(source, source.name() + ": " + e);
      return Double.NaN;
    }
  }

  private Answer run(Script program) {
    try {
      Answer told = program.run();
      problem(program, null);
      return told.state() == null ? told.up() : told;
    } catch (IOException e) {
      problem(program, program + ": " + e.getMessage() + "; its last answer stays");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the meter is being closed
    }
    return scripted;
  }

  private Answer read(OperatorFile file) {
    try {
      Answer told = file.read();
      problem(file, null);
      return told.state() == null ? told.up() : told;
    } catch (IOException e) {
      problem(file, e.getMessage() + "; what it said before stays");
    }
    return ordered;
  }

  /** Of two that both know, the one that says that the server does not work. */
  private static Answer worse(Answer one, Answer other) {
    boolean oneIsFine = one.state() == null || one.state() == Answer.State.UP;
    return oneIsFine && other.state() != null ? other : one;
  }

  private static Answer.@Nullable Admin stronger(
      Answer.@Nullable Admin one, Answer.@Nullable Admin other) {
    if (one == null || other == null) {
      return one == null ? other : one;
    }
    return one.compareTo(other) > 0 ? one : other;
  }

  private static @Nullable Integer lower(@Nullable Integer one, @Nullable Integer other) {
    if (one == null || other == null) {
      return one == null ? other : one;
    }
    return Math.min(one, other);
  }

  private void problem(Object where, @Nullable String what) {
    String before = what == null ? problems.remove(where) : problems.put(where, what);
    if (what != null && !what.equals(before)) {
      notes.accept(what);
    }
  }

  private void note(Answer next) {
    Answer last = noted;
    if (last == null || !sameWords(last, next) || far(last.percent(), next.percent())) {
      noted = next;
      notes.accept("answers: " + (next.equals(Answer.NOTHING) ? "nothing yet" : next));
    }
  }

  private static boolean sameWords(Answer one, Answer other) {
    return one.admin() == other.admin()
        && one.state() == other.state()
        && one.why().equals(other.why())
        && Objects.equals(one.maxConnections(), other.maxConnections());
  }

  private static boolean far(@Nullable Integer one, @Nullable Integer other) {
    if (one == null || other == null) {
      return one != null || other != null;
    }
    return Math.abs(one - other) >= NOTEWORTHY_PERCENT;
  }

  /** Collects what is measured; not for use by several threads. */
  public static final class Builder {
    private final List<LoadSource> sources = new ArrayList<>();
    private @Nullable Script script;
    private @Nullable Path operatorFile;
    private int percentFloor = 10;
    private Duration interval = Duration.ofSeconds(2);
    private Duration smoothing = Duration.ofSeconds(5);
    private Consumer<String> notes = note -> {};

    private Builder() {}

    /** Adds something to measure; the busiest one counts. */
    public Builder source(LoadSource source) {
      sources.add(source);
      return this;
    }

    /** A program that knows more. Default: none. */
    public Builder script(Script newScript) {
      script = newScript;
      return this;
    }

    /** A file that drains the server while it is there. Default: none. */
    public Builder operatorFile(Path file) {
      operatorFile = file;
      return this;
    }

    /**
     * The least percentage that load alone brings about, 0 to 100; 0 would take all new connections
     * from a busy server. Default: 10.
     */
    public Builder percentFloor(int percent) {
      if (percent < 0 || percent > 100) {
        throw new IllegalArgumentException(
            "agent percent floor " + percent + " (expected: 0 to 100)");
      }
      percentFloor = percent;
      return this;
    }

    /** From one measurement to the next, 100 ms to 1 day. Default: 2 s. */
    public Builder interval(Duration newInterval) {
      if (newInterval.compareTo(Duration.ofMillis(100)) < 0
          || newInterval.compareTo(Duration.ofDays(1)) > 0) {
        throw new IllegalArgumentException(
            "agent interval of " + newInterval.toMillis() + " ms (expected: 100 ms to 1 day)");
      }
      interval = newInterval;
      return this;
    }

    /** The time constant over which loads are averaged, zero for none. Default: 5 s. */
    public Builder smoothing(Duration constant) {
      if (constant.isNegative()) {
        throw new IllegalArgumentException(
            "agent smoothing of " + constant.toMillis() + " ms (expected: 0 or more)");
      }
      smoothing = constant;
      return this;
    }

    /**
     * Hears what is answered, at the start and when it changes by more than a little, and what does
     * not work. Called by the meter's thread.
     */
    public Builder notes(Consumer<String> listener) {
      notes = listener;
      return this;
    }

    /** Measures from now on; the first time before it returns, so that there is an answer. */
    public LoadMeter start() {
      LoadMeter meter = build(System::nanoTime);
      meter.measure();
      long nanos = meter.interval.toNanos();
      var unused =
          meter.timer.scheduleWithFixedDelay(meter::measure, nanos, nanos, TimeUnit.NANOSECONDS);
      return meter;
    }

    /** Without a timer. */
    LoadMeter build(LongSupplier nanoTime) {
      if (sources.isEmpty() && script == null && operatorFile == null) {
        throw new IllegalStateException(
            "agent without anything to measure (expected: a source, a script or a file)");
      }
      return new LoadMeter(this, nanoTime);
    }
  }
}

package io.jvs.testkit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.Delayed;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.RunnableScheduledFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * An executor and timer without a thread: tasks run when a {@link ManualTicker} is advanced to
 * their moment, one at a time, those of the same moment in the order in which they came. What is
 * executed without delay waits for {@link #runDue()} or for the next advance too, so a test sees
 * the state before it.
 *
 * <p>An exception of a task is kept in its future; one of {@link #execute} reaches whoever advances
 * the clock. Tasks may be given by any thread; they run on the one that advances.
 */
public final class ManualExecutor extends AbstractExecutorService
    implements ScheduledExecutorService {
  private final ManualTicker ticker;
  private final PriorityQueue<Task<?>> tasks;
  private long sequence;
  private boolean shutdown;

  public ManualExecutor(ManualTicker ticker) {
    this.ticker = ticker;
    long origin = ticker.nanoTime(); // differences, because nanoTime may overflow
    this.tasks =
        new PriorityQueue<>(
            Comparator.<Task<?>>comparingLong(task -> task.dueNanos - origin)
                .thenComparingLong(task -> task.number));
    ticker.attach(this);
  }

  /**
   * Runs what is due now, and what that makes due.
   *
   * @return how many tasks ran
   */
  public int runDue() {
    int count = 0;
    while (untilNext() <= 0) {
      runFirst();
      count++;
    }
    return count;
  }

  /** How many tasks wait, due or not. */
  public synchronized int waiting() {
    return tasks.size();
  }

  /** Nanoseconds until the first task is due, perhaps below 0. */
  synchronized long untilNext() {
    Task<?> first = tasks.peek();
    return first == null ? Long.MAX_VALUE : first.dueNanos - ticker.nanoTime();
  }

  void runFirst() {
    Task<?> task;
    synchronized (this) {
      task = tasks.poll();
    }
    if (task != null) {
      task.run();
    }
  }

  private synchronized <T> Task<T> add(Task<T> task) {
    if (shutdown) {
      throw new RejectedExecutionException("the executor is shut down");
    }
    tasks.add(task);
    return task;
  }

  private synchronized long nextNumber() {
    return sequence++;
  }

  @Override
  public void execute(Runnable command) {
    var unused = add(new Task<>(Executors.callable(command), 0, 0, true));
  }

  @Override
  public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
    return add(new Task<>(Executors.callable(command), unit.toNanos(delay), 0, false));
  }

  @Override
  public <V> ScheduledFuture<V> schedule(Callable<V> callable, long delay, TimeUnit unit) {
    return add(new Task<>(callable, unit.toNanos(delay), 0, false));
  }

  @Override
  public ScheduledFuture<?> scheduleAtFixedRate(
      Runnable command, long initialDelay, long period, TimeUnit unit) {
    return add(
        new Task<>(
            Executors.callable(command), unit.toNanos(initialDelay), unit.toNanos(period), false));
  }

  /** On virtual time a task takes none, so this is the same as a fixed rate. */
  @Override
  public ScheduledFuture<?> scheduleWithFixedDelay(
      Runnable command, long initialDelay, long delay, TimeUnit unit) {
    return scheduleAtFixedRate(command, initialDelay, delay, unit);
  }

  @Override
  public synchronized void shutdown() {
    shutdown = true;
    tasks.removeIf(task -> task.periodNanos > 0); // as ScheduledThreadPoolExecutor does
  }

  @Override
  public synchronized List<Runnable> shutdownNow() {
    shutdown = true;
    List<Runnable> left = new ArrayList<>(tasks);
    tasks.clear();
    return left;
  }

  @Override
  public synchronized boolean isShutdown() {
    return shutdown;
  }

  @Override
  public synchronized boolean isTerminated() {
    return shutdown && tasks.isEmpty();
  }

  /** Lets virtual time pass, at most so much, until all tasks have run. */
  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) {
    long left = unit.toNanos(timeout);
    while (isShutdown() && !isTerminated() && untilNext() <= left) {
      long step = Math.max(0, untilNext());
      ticker.advance(Duration.ofNanos(step));
      left -= step;
    }
    return isTerminated();
  }

  /** A task and its moment. */
  private final class Task<V> extends FutureTask<V> implements RunnableScheduledFuture<V> {
    private final long number = nextNumber();
    private final long periodNanos;
    private final boolean passesExceptionsOn;
    private long dueNanos;

    Task(Callable<V> body, long delayNanos, long periodNanos, boolean passesExceptionsOn) {
      super(body);
      this.dueNanos = ticker.nanoTime() + Math.max(0, delayNanos);
      this.periodNanos = periodNanos;
      this.passesExceptionsOn = passesExceptionsOn;
    }

    @Override
    public void run() {
      if (periodNanos == 0) {
        super.run();
      } else if (runAndReset()) {
        dueNanos += periodNanos;
        if (!isShutdown()) {
          var unused = add(this);
        }
      }
    }

    @Override
    protected void setException(Throwable thrown) {
      super.setException(thrown);
      if (passesExceptionsOn) {
        if (thrown instanceof Error error) {
          throw error;
        }
        throw (RuntimeException) thrown; // a Runnable throws nothing else
      }
    }

    @Override
    public boolean cancel(boolean mayInterrupt) {
      synchronized (ManualExecutor.this) {
        tasks.remove(this);
      }
      return super.cancel(mayInterrupt);
    }

    @Override
    public boolean isPeriodic() {
      return periodNanos > 0;
    }

    @Override
    public long getDelay(TimeUnit unit) {
      return unit.convert(dueNanos - ticker.nanoTime(), TimeUnit.NANOSECONDS);
    }

    @Override
    public int compareTo(Delayed other) {
      return Long.compare(getDelay(TimeUnit.NANOSECONDS), other.getDelay(TimeUnit.NANOSECONDS));
    }
  }
}

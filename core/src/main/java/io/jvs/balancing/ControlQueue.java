package io.jvs.balancing;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Runs tasks one at a time and in order, whatever threads they come from and however many threads
 * the executor has. Tasks that have come together are run together, and {@code afterBatch} once
 * behind them: this is how many changes become one publication.
 */
final class ControlQueue {
  private static final Logger LOG = System.getLogger(ControlQueue.class.getName());

  private final Executor executor;
  private final Runnable afterBatch;
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final AtomicInteger waiting = new AtomicInteger();

  ControlQueue(Executor executor, Runnable afterBatch) {
    this.executor = executor;
    this.afterBatch = afterBatch;
  }

  void submit(Runnable task) {
    tasks.add(task);
    if (waiting.getAndIncrement() == 0) { // nobody is draining, and nobody else will start to
      executor.execute(this::drain);
    }
  }

  private void drain() {
    int batch = waiting.get();
    do {
      for (int i = 0; i < batch; i++) {
        Runnable task = tasks.poll();
        if (task != null) {
          run(task);
        }
      }
      run(afterBatch);
      batch = waiting.addAndGet(-batch);
    } while (batch != 0);
  }

  private static void run(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException e) { // from a policy that is not ours; it must not stop the rest
      LOG.log(Level.ERROR, "a change failed; what was published before stays", e);
    }
  }
}

package io.jvs.resilience;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** Runs tasks one at a time and in order, on whichever thread brings one when none is running. */
final class Turns {
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final AtomicInteger waiting = new AtomicInteger();

  void run(Runnable task) {
    tasks.add(task);
    if (waiting.getAndIncrement() != 0) {
      return; // whoever runs now will come to it
    }
    do {
      Runnable next = tasks.poll();
      if (next != null) {
        next.run();
      }
    } while (waiting.decrementAndGet() != 0);
  }
}

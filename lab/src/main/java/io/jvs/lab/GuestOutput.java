package io.jvs.lab;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Takes the events out of what a guest writes; the rest is printed as it comes. */
final class GuestOutput {
  private static final int REMEMBERED = 40;

  private final BlockingQueue<Optional<Event>> events = new LinkedBlockingQueue<>();
  private final Deque<String> tail = new ArrayDeque<>();
  private final Thread errors;

  GuestOutput(Process guest) {
    errors = start("standard error", () -> read(guest.getErrorStream()));
    start(
        "standard output",
        () -> {
          try {
            read(guest.getInputStream());
            join(errors);
          } finally {
            events.add(Optional.empty());
          }
        });
  }

  /** Null at the end of output, or after this time. */
  @Nullable Event await(Duration limit) {
    try {
      Optional<Event> event = events.poll(limit.toSeconds(), TimeUnit.SECONDS);
      if (event == null) {
        return null;
      }
      if (event.isEmpty()) {
        events.add(event); // for whoever asks again
      }
      return event.orElse(null);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return null;
    }
  }

  /** The last lines that were no events. */
  synchronized String tail() {
    return String.join("\n", tail);
  }

  private void read(InputStream stream) {
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        int mark = line.indexOf(Event.MARK);
        String text = mark < 0 ? line : line.substring(0, mark);
        if (mark < 0 || !text.isEmpty()) {
          System.out.println(text);
          remember(text);
        }
        if (mark >= 0) {
          events.add(Optional.of(Event.parse(line.substring(mark + 1))));
        }
      }
    } catch (IOException | IllegalStateException e) {
      remember("(reading the guest's output: " + e.getMessage() + ")");
    }
  }

  private synchronized void remember(String line) {
    tail.addLast(line);
    if (tail.size() > REMEMBERED) {
      tail.removeFirst();
    }
  }

  private static Thread start(String what, Runnable task) {
    Thread thread = new Thread(task, "lab guest: " + what);
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

package io.jvs.lab;

import io.jvs.lab.Event.Kind;
import java.net.URI;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.function.Executable;
import org.opentest4j.AssertionFailedError;
import org.opentest4j.TestAbortedException;

/**
 * The tests of one guest as they come. JUnit takes one and runs it before it asks for the next; one
 * that has started in the guest is handed out, and running it here is waiting for its end there.
 */
final class GuestRun implements Iterator<DynamicTest> {
  private final Process guest;
  private final GuestOutput output;
  private final GuestOptions options;

  /** What was planned and has not been handed out, by id. */
  private final Map<String, String> planned = new LinkedHashMap<>();

  private final Set<String> handedOut = new HashSet<>();
  private @Nullable DynamicTest next;
  private @Nullable String death;
  private boolean ended;

  GuestRun(Process guest, GuestOptions options) {
    this.guest = guest;
    this.options = options;
    this.output = new GuestOutput(guest);
  }

  Stream<DynamicTest> stream() {
    Event first = awaitEvent();
    if (first == null && Lab.failed(status())) {
      throw Lab.skip(died());
    }
    handle(first);
    return StreamSupport.stream(
            Spliterators.spliteratorUnknownSize(this, Spliterator.ORDERED | Spliterator.NONNULL),
            false)
        .onClose(guest::destroy);
  }

  @Override
  public boolean hasNext() {
    while (next == null && !ended) {
      handle(awaitEvent());
    }
    if (next == null && !planned.isEmpty()) {
      Map.Entry<String, String> left = planned.entrySet().iterator().next();
      planned.remove(left.getKey());
      String why = death == null ? "did not run; see the failure of its class" : death;
      next = failed(left.getValue(), why);
    }
    return next != null;
  }

  @Override
  public DynamicTest next() {
    if (!hasNext() || next == null) {
      throw new NoSuchElementException();
    }
    DynamicTest test = next;
    next = null;
    return test;
  }

  /** Reads on until a test can be handed out. */
  private void handle(@Nullable Event event) {
    if (event == null) {
      ended = true;
      death = died();
      if (planned.isEmpty()) {
        next = failed("the guest", death);
      }
      return;
    }
    String name = event.name();
    switch (event.kind()) {
      case PLANNED -> planned.put(event.id(), name);
      case STARTED -> handOut(event, test(name, () -> finish(event)));
      case PASSED, SKIPPED, FAILED -> {
        // of one that was not handed out: a class whose setup failed, a disabled test
        if (!handedOut.contains(event.id())) {
          handOut(event, test(name, () -> conclude(event)));
        }
      }
      case END -> ended = true;
    }
  }

  private void handOut(Event event, DynamicTest test) {
    planned.remove(event.id());
    handedOut.add(event.id());
    next = test;
  }

  private void finish(Event started) throws GuestFailure {
    Event event = awaitEvent();
    while (event != null && !event.id().equals(started.id())) {
      event = awaitEvent();
    }
    if (event == null) {
      ended = true;
      death = died();
      throw new AssertionFailedError("during this test " + death);
    }
    conclude(event);
  }

  private static void conclude(Event event) throws GuestFailure {
    if (event.kind() == Kind.SKIPPED) {
      System.out.println("lab: skipped: " + event.name() + ": " + event.reason());
      throw new TestAbortedException(event.reason());
    }
    if (event.failure() != null) {
      throw event.failure();
    }
  }

  private static DynamicTest failed(String name, String why) {
    return test(
        name,
        () -> {
          throw new AssertionFailedError(why);
        });
  }

  /**
   * Tests of which not one could be tried: a stream without any would not be counted as skipped.
   */
  static Stream<DynamicTest> skipped(TestAbortedException why) {
    return Stream.of(
        test(
            "the guest",
            () -> {
              throw why;
            }));
  }

  /** With a source of its own: those of the factory method are reported as [1], [2] and so on. */
  private static DynamicTest test(String name, Executable executable) {
    return DynamicTest.dynamicTest(name, URI.create("lab:guest"), executable);
  }

  /** The next event, or null once the guest is gone. */
  private @Nullable Event awaitEvent() {
    // ipvs-lab keeps the limit itself; this is for when even that does not work
    return output.await(options.timeout().plusSeconds(30));
  }

  private int status() {
    try {
      if (guest.waitFor(10, TimeUnit.SECONDS)) {
        return guest.exitValue();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    guest.destroyForcibly();
    return -1;
  }

  private String died() {
    int status = status();
    String how =
        switch (status) {
          case 124 -> "reached its time limit of " + options.timeout().toSeconds() + " s";
          case 125 -> "did not boot, or its kernel died";
          case -1 -> "did not end and was killed";
          default -> "ended with exit status " + status;
        };
    return "the guest " + how + "; its last output:\n" + output.tail();
  }
}

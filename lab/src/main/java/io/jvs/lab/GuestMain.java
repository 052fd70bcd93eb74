package io.jvs.lab;

import io.jvs.lab.Event.Kind;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TagFilter;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * Runs in the guest: the tests of the classes that are named by its arguments, and tells of them on
 * standard output. What tests print goes to standard error, so that it cannot get between.
 */
final class GuestMain implements TestExecutionListener {
  private final PrintStream host;
  private final Set<String> started = new HashSet<>();
  private @Nullable TestPlan plan;

  private GuestMain(PrintStream host) {
    this.host = host;
  }

  public static void main(String[] classes) {
    PrintStream host = System.out;
    System.setOut(System.err);
    LauncherDiscoveryRequest request =
        LauncherDiscoveryRequestBuilder.request()
            .selectors(Arrays.stream(classes).map(DiscoverySelectors::selectClass).toList())
            .filters(TagFilter.includeTags(InLab.TAG))
            .configurationParameter(
                "junit.jupiter.displayname.generator.default",
                "org.junit.jupiter.api.DisplayNameGenerator$ReplaceUnderscores")
            .configurationParameter(
                "junit.jupiter.execution.timeout.testable.method.default", "120 s")
            // where a test hangs that no interrupt reaches, this is all that we learn
            .configurationParameter("junit.jupiter.execution.timeout.threaddump.enabled", "true")
            .configurationParameter("jqwik.database", "/tmp/jqwik-database")
            .configurationParameter("jqwik.reporting.onlyfailures", "true")
            .build();
    GuestMain guest = new GuestMain(host);
    LauncherFactory.create().execute(request, guest);
    guest.say(new Event(Kind.END, "", "", "", null));
    // threads that a test left running do not hold us
    System.exit(0);
  }

  @Override
  public void testPlanExecutionStarted(TestPlan plan) {
    this.plan = plan;
    for (TestIdentifier root : plan.getRoots()) {
      for (TestIdentifier each : plan.getDescendants(root)) {
        if (each.isTest()) {
          say(Kind.PLANNED, each);
        }
      }
    }
  }

  @Override
  public void executionStarted(TestIdentifier test) {
    if (test.isTest()) {
      started.add(test.getUniqueId());
      say(Kind.STARTED, test);
    }
  }

  @Override
  public void executionSkipped(TestIdentifier skipped, String reason) {
    saySkipped(skipped, reason);
    sayNotRun(skipped, reason);
  }

  /** Of what is within a class (or a method with parameters) JUnit says nothing in these cases. */
  private void sayNotRun(TestIdentifier container, String reason) {
    for (TestIdentifier each : known().getDescendants(container)) {
      if (each.isTest() && !started.contains(each.getUniqueId())) {
        saySkipped(each, reason);
      }
    }
  }

  @Override
  public void executionFinished(TestIdentifier test, TestExecutionResult result) {
    @Nullable Throwable thrown = result.getThrowable().orElse(null);
    switch (result.getStatus()) {
      case SUCCESSFUL -> {
        if (test.isTest()) {
          say(Kind.PASSED, test);
        }
      }
      case ABORTED -> {
        saySkipped(test, String.valueOf(thrown));
        sayNotRun(test, "assumption of its class: " + thrown);
      }
      case FAILED -> {
        Throwable failure = thrown == null ? new AssertionError("failed") : thrown;
        say(new Event(Kind.FAILED, test.getUniqueId(), name(test), "", GuestFailure.of(failure)));
        sayNotRun(test, "its class failed before: " + thrown);
      }
    }
  }

  private void say(Kind kind, TestIdentifier test) {
    say(new Event(kind, test.getUniqueId(), name(test), "", null));
  }

  private void saySkipped(TestIdentifier test, String reason) {
    say(new Event(Kind.SKIPPED, test.getUniqueId(), name(test), reason, null));
  }

  private void say(Event event) {
    byte[] line = event.line().getBytes(StandardCharsets.US_ASCII);
    System.err.flush();
    host.write(line, 0, line.length);
    host.flush();
  }

  private TestPlan known() {
    if (plan == null) {
      throw new IllegalStateException("no plan yet");
    }
    return plan;
  }

  /** From the class down: "FooTest › method › [1] argument". */
  private String name(TestIdentifier test) {
    Deque<String> parts = new ArrayDeque<>();
    @Nullable TestIdentifier at = test;
    while (at != null && at.getParentId().isPresent()) {
      parts.addFirst(at.getDisplayName());
      at = known().getParent(at).orElse(null);
    }
    return String.join(" › ", parts);
  }
}

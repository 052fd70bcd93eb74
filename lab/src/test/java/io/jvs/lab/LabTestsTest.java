package io.jvs.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestMethodOrder;
import org.opentest4j.TestAbortedException;

/** From outside: the tests that are for the inside, and what is told of those that go wrong. */
class LabTestsTest {
  private static final GuestOptions SMALL = GuestOptions.DEFAULT.memory("512M");

  @TestFactory
  Stream<DynamicTest> in_the_lab() {
    return LabTests.inPackageOf(LabTestsTest.class).run();
  }

  @Test
  void every_way_of_ending_is_told_with_name_message_and_trace() {
    Map<String, String> told = run(LabTests.of(Ends.class, BadSetup.class).on(SMALL));
    assertThat(told.keySet())
        .containsExactly(
            "LabTestsTest$BadSetup",
            "LabTestsTest$BadSetup › never runs",
            "LabTestsTest$Ends › passes",
            "LabTestsTest$Ends › fails",
            "LabTestsTest$Ends › assumes",
            "LabTestsTest$Ends › is disabled");
    assertThat(told.get("LabTestsTest$BadSetup"))
        .startsWith("java.lang.IllegalStateException: no setup");
    assertThat(told.get("LabTestsTest$Ends › passes")).isEqualTo("passed");
    assertThat(told.get("LabTestsTest$Ends › fails"))
        .contains("java.lang.IllegalStateException: outer")
        .contains("at io.jvs.lab.LabTestsTest$Ends.fails(LabTestsTest.java:")
        .contains("Caused by: java.io.IOException: inner");
    assertThat(told.get("LabTestsTest$Ends › assumes"))
        .startsWith("org.opentest4j.TestAbortedException")
        .contains("not today");
    assertThat(told.get("LabTestsTest$Ends › is disabled")).contains("for a reason");
  }

  @Test
  void a_JVM_that_ends_early_fails_the_running_test_and_those_to_come() {
    Map<String, String> told = run(LabTests.of(Exits.class).on(SMALL));
    assertThat(told.get("LabTestsTest$Exits › first"))
        .contains("during this test the guest ended with exit status 17; its last output:")
        .contains("these were my last words");
    assertThat(told.get("LabTestsTest$Exits › second")).contains("exit status 17");
  }

  @Test
  void a_guest_that_hangs_is_ended_at_its_time_limit() {
    Map<String, String> told =
        run(LabTests.of(Hangs.class).on(SMALL.timeout(Duration.ofSeconds(10))));
    // on a busy machine the tests may not have been planned by then
    assertThat(told.values())
        .isNotEmpty()
        .allSatisfy(each -> assertThat(each).contains("the guest reached its time limit of 10 s"));
  }

  @Test
  void a_kernel_that_dies_leaves_its_last_messages() {
    Map<String, String> told = run(LabTests.of(Panics.class).on(SMALL));
    assertThat(told.get("LabTestsTest$Panics › first"))
        .contains("did not boot, or its kernel died")
        .contains("the guest died before COMMAND ended");
  }

  @Test
  void a_guest_runs_any_command() {
    Outcome outcome = Lab.get().run(SMALL, "bash", "-c", "ipvsadm -Ln; echo to-error >&2; exit 5");
    assertThat(outcome.status()).isEqualTo(5);
    assertThat(outcome.output()).contains("IP Virtual Server version 1.2.1").contains("to-error");
  }

  @Test
  void without_a_guest_tests_are_skipped_but_in_CI_they_fail() {
    assertThat(Lab.skip("an example", false))
        .isInstanceOf(TestAbortedException.class)
        .hasMessage("no guest of the lab: an example");
    assertThatThrownBy(() -> Lab.skip("an example", true))
        .isInstanceOf(AssertionError.class)
        .hasMessage("no guest of the lab: an example (CI is set, so that this is a failure)");
  }

  @Test
  void options_that_no_guest_can_have_are_refused() {
    assertThatThrownBy(() -> GuestOptions.DEFAULT.memory("lots"))
        .hasMessage("guest: memory 'lots' (expected: at least 96M, such as 512M or 2G)");
    assertThatThrownBy(() -> GuestOptions.DEFAULT.memory("64M"))
        .hasMessageStartingWith("guest: memory '64M'");
    assertThatThrownBy(() -> GuestOptions.DEFAULT.timeout(Duration.ofMillis(5)))
        .hasMessageStartingWith("guest: timeout PT0.005S");
  }

  /** As JUnit would: each test is run before the next one is asked for. */
  private static Map<String, String> run(LabTests tests) {
    Map<String, String> told = new LinkedHashMap<>();
    try (Stream<DynamicTest> stream = tests.run()) {
      stream.forEachOrdered(test -> told.put(test.getDisplayName(), run(test)));
    }
    return told;
  }

  private static String run(DynamicTest test) {
    try {
      test.getExecutable().execute();
      return "passed";
    } catch (Throwable e) {
      StringWriter trace = new StringWriter();
      e.printStackTrace(new PrintWriter(trace));
      return trace.toString();
    }
  }

  // Tagged, not @InLab, so that looking through the package does not find them.

  @Tag(InLab.TAG)
  @TestMethodOrder(MethodOrderer.OrderAnnotation.class)
  static class Ends {
    @Test
    @Order(1)
    void passes() {
      System.out.print("an unfinished line");
    }

    @Test
    @Order(2)
    void fails() {
      throw new IllegalStateException("outer", new IOException("inner"));
    }

    @Test
    @Order(3)
    void assumes() {
      Assumptions.abort("not today");
    }

    @Test
    @Order(4)
    @Disabled("for a reason")
    void is_disabled() {}
  }

  @Tag(InLab.TAG)
  static class BadSetup {
    @BeforeAll
    static void fail() {
      throw new IllegalStateException("no setup");
    }

    @Test
    void never_runs() {}
  }

  @Tag(InLab.TAG)
  @TestMethodOrder(MethodOrderer.MethodName.class)
  static class Exits {
    @Test
    void first() {
      System.out.println("these were my last words");
      System.exit(17);
    }

    @Test
    void second() {}
  }

  @Tag(InLab.TAG)
  @TestMethodOrder(MethodOrderer.MethodName.class)
  static class Hangs {
    @Test
    void first() throws InterruptedException {
      new CountDownLatch(1).await();
    }

    @Test
    void second() {}
  }

  @Tag(InLab.TAG)
  static class Panics {
    @Test
    void first() throws IOException, InterruptedException {
      new ProcessBuilder("bash", "-c", "echo c >/proc/sysrq-trigger").start().waitFor();
    }
  }
}

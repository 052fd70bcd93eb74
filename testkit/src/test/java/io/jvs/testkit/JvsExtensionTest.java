package io.jvs.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;

class JvsExtensionTest {
  @AfterEach
  void forgetSeed() {
    System.clearProperty(JvsExtension.SEED_PROPERTY);
    Unlucky.server = null;
  }

  @Test
  void a_failing_test_tells_its_seed_which_replays_it() {
    Throwable first = failureOf(Unlucky.class);
    String hint = Arrays.toString(first.getSuppressed());
    assertThat(hint).contains("to see this again: -Djvs.seed=");

    String seed = hint.replaceAll("(?s).*-Djvs.seed=(-?\\d+).*", "$1");
    System.setProperty(JvsExtension.SEED_PROPERTY, seed);

    assertThat(failureOf(Unlucky.class)).hasMessage(first.getMessage());
  }

  @Test
  void servers_die_with_their_test() {
    assertThat(failureOf(Unlucky.class)).isNotNull();
    assertThat(Unlucky.server).asString().endsWith("(dead)");
  }

  @Test
  void a_seed_that_is_no_number_is_refused_with_the_way_out() {
    System.setProperty(JvsExtension.SEED_PROPERTY, "abc");
    assertThat(failureOf(Unlucky.class))
        .hasStackTraceContaining("-Djvs.seed=abc (expected: a whole number of 64 bits)");
  }

  private static Throwable failureOf(Class<?> testClass) {
    LauncherDiscoveryRequest request =
        LauncherDiscoveryRequestBuilder.request().selectors(selectClass(testClass)).build();
    SummaryGeneratingListener summary = new SummaryGeneratingListener();
    System.setProperty("jvs.testkit.unlucky", "true");
    try {
      LauncherFactory.create().execute(request, summary);
    } finally {
      System.clearProperty("jvs.testkit.unlucky");
    }
    assertThat(summary.getSummary().getFailures()).hasSize(1);
    return summary.getSummary().getFailures().get(0).getException();
  }

  /** Fails whatever chance says, when this test runs it; no test by itself. */
  @ExtendWith(JvsExtension.class)
  @EnabledIfSystemProperty(named = "jvs.testkit.unlucky", matches = "true")
  static final class Unlucky {
    private static @Nullable FakeServer server;

    @Test
    void fails(RandomGenerator random, FakeServers servers, ManualExecutor executor) {
      server = servers.start("a");
      throw new AssertionError(
          "chance said " + random.nextLong() + ", waiting " + executor.waiting());
    }
  }
}

package io.jvs.balancing;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.model.Flow;
import io.jvs.model.VirtualService;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.io.TempDir;

/** Blocking calls on virtual threads; reflection, because the tests are compiled for 17. */
@EnabledForJreRange(min = JRE.JAVA_21, disabledReason = "virtual threads came with Java 21")
class VirtualThreadsTest {
  private static final int CALLS = 1_000; // far more than there are carriers

  private final LoadBalancer balancer =
      LoadBalancer.of(
          VirtualService.inProcess("db").realServer("10.0.0.1:1").realServer("10.0.0.2:1").build());

  @Test
  void a_thousand_blocked_calls_pin_no_carrier(@TempDir Path directory) throws Exception {
    callAtOnce(10); // loading classes pins, once
    Path file = directory.resolve("pinned.jfr");
    try (Recording recording = new Recording()) {
      recording.enable("jdk.VirtualThreadPinned").withoutThreshold();
      recording.start();
      callAtOnce(CALLS);
      recording.stop();
      recording.dump(file);
    }
    assertThat(balancer.status().connections()).isZero();
    assertThat(Files.size(file)).isPositive();
    assertThat(RecordingFile.readAllEvents(file)).extracting(RecordedEvent::toString).isEmpty();
  }

  /** All calls are inside the work before the first one may end. */
  private void callAtOnce(int calls) throws Exception {
    CountDownLatch underWay = new CountDownLatch(calls);
    CountDownLatch release = new CountDownLatch(1);
    ExecutorService threads =
        (ExecutorService) Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
    try {
      List<Future<String>> answers = new ArrayList<>();
      for (int i = 0; i < calls; i++) {
        answers.add(
            threads.submit(
                () ->
                    balancer.call(
                        Flow.any(),
                        server -> {
                          underWay.countDown();
                          release.await();
                          return server.name();
                        })));
      }
      assertThat(underWay.await(30, TimeUnit.SECONDS)).as("all calls under way").isTrue();
      assertThat(balancer.status().connections()).isEqualTo(calls);
      release.countDown();
      for (Future<String> answer : answers) {
        assertThat(answer.get(30, TimeUnit.SECONDS)).startsWith("10.0.0.");
      }
    } finally {
      threads.shutdownNow();
    }
  }
}

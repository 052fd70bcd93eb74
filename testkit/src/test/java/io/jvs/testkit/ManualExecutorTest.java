package io.jvs.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jvs.balancing.LoadBalancer;
import io.jvs.health.CheckRunner;
import io.jvs.health.FunctionCheck;
import io.jvs.health.HealthMonitor;
import io.jvs.model.HealthDeclaration;
import io.jvs.model.SocketAddresses;
import io.jvs.model.VirtualService;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ManualExecutorTest {
  private final ManualTicker ticker = new ManualTicker();
  private final ManualExecutor executor = new ManualExecutor(ticker);
  private final List<String> log = new ArrayList<>();

  private Runnable note(String what) {
    return () -> log.add(what + " at " + ticker.elapsed().toMillis());
  }

  @Test
  void tasks_run_at_their_moments_in_the_order_in_which_they_came() throws Exception {
    Future<?> late = executor.schedule(note("late"), 30, TimeUnit.MILLISECONDS);
    Future<?> early = executor.schedule(note("early"), 10, TimeUnit.MILLISECONDS);
    Future<?> also = executor.schedule(note("also"), 10, TimeUnit.MILLISECONDS);

    ticker.advance(Duration.ofMillis(20));
    assertThat(log).containsExactly("early at 10", "also at 10");
    assertThat(late.isDone()).isFalse();

    ticker.advance(Duration.ofMillis(20));
    assertThat(log).containsExactly("early at 10", "also at 10", "late at 30");
    assertThat(early.get()).isEqualTo(also.get());
    assertThat(ticker.elapsed()).isEqualTo(Duration.ofMillis(40));
  }

  @Test
  void what_tasks_schedule_runs_too_if_it_falls_due() {
    var unused =
        executor.schedule(
            () -> {
              note("first").run();
              var unusedToo = executor.schedule(note("second"), 5, TimeUnit.MILLISECONDS);
            },
            10,
            TimeUnit.MILLISECONDS);
    ticker.advance(Duration.ofMillis(15));
    assertThat(log).containsExactly("first at 10", "second at 15");
  }

  @Test
  void a_repeated_task_runs_until_it_is_cancelled() {
    Future<?> repeated = executor.scheduleAtFixedRate(note("tick"), 0, 10, TimeUnit.MILLISECONDS);
    ticker.advance(Duration.ofMillis(25));
    assertThat(log).containsExactly("tick at 0", "tick at 10", "tick at 20");
    assertThat(repeated.cancel(false)).isTrue();
    ticker.advance(Duration.ofMillis(100));
    assertThat(log).hasSize(3);
    assertThat(executor.waiting()).isZero();
  }

  @Test
  void what_is_executed_waits_to_be_run_and_its_exception_is_heard() {
    executor.execute(note("now"));
    assertThat(log).isEmpty();
    assertThat(executor.runDue()).isEqualTo(1);
    assertThat(log).containsExactly("now at 0");

    executor.execute(
        () -> {
          throw new IllegalStateException("broken task");
        });
    assertThatThrownBy(executor::runDue).hasMessage("broken task");
  }

  @Test
  void after_a_shutdown_nothing_is_taken_and_what_waits_can_be_awaited() throws Exception {
    var unused = executor.schedule(note("last"), 1, TimeUnit.HOURS);
    executor.shutdown();
    assertThatThrownBy(() -> executor.execute(note("never")))
        .isInstanceOf(RejectedExecutionException.class);
    assertThat(executor.awaitTermination(59, TimeUnit.MINUTES)).isFalse();
    assertThat(executor.awaitTermination(61, TimeUnit.MINUTES)).isTrue();
    assertThat(log).containsExactly("last at 3600000");
  }

  @Test
  void time_goes_on_over_the_overflow_of_nanoseconds() {
    AtomicInteger ticks = new AtomicInteger();
    var unused = executor.scheduleAtFixedRate(ticks::incrementAndGet, 1, 1, TimeUnit.MINUTES);
    ticker.advance(Duration.ofHours(1));
    assertThat(ticks).hasValue(60);
    assertThat(ticker.nanoTime()).isNegative();
    assertThat(ticker.now()).isEqualTo(ManualTicker.EPOCH.plus(Duration.ofHours(1)));
  }

  @Test
  void a_health_monitor_runs_on_virtual_time() {
    InetSocketAddress a = SocketAddresses.parse("10.0.0.1:80");
    Set<InetSocketAddress> broken = new HashSet<>(Set.of(a));
    HealthDeclaration every2s = // down after 3, up after 2
        HealthDeclaration.of(
            FunctionCheck.of("works", server -> !broken.contains(server.address())));
    LoadBalancer balancer =
        LoadBalancer.builder(
                VirtualService.inProcess("web").realServer("10.0.0.1:80").health(every2s).build())
            .ticker(ticker)
            .build();
    CheckRunner runner = new CheckRunner(executor, executor, 10);
    try (HealthMonitor monitor = new HealthMonitor(runner, new SplittableRandom(1))) {
      monitor.watch(balancer);

      ticker.advance(Duration.ofSeconds(6));
      assertThat(balancer.status(a)).extracting(s -> s.state()).isEqualTo("down");

      broken.clear();
      ticker.advance(Duration.ofSeconds(4));
      assertThat(balancer.status(a)).extracting(s -> s.state()).isEqualTo("up");
    }
  }
}

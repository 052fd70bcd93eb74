package io.jvs.transport.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.balancing.Admission;
import io.jvs.balancing.Connection;
import io.jvs.balancing.LoadBalancer;
import io.jvs.balancing.Refused;
import io.jvs.balancing.Refused.Cause;
import io.jvs.model.ConnectionLimits;
import io.jvs.model.Flow;
import io.jvs.model.RealServer;
import io.jvs.model.ServiceLimits;
import io.jvs.model.ServiceLimits.Queue;
import io.jvs.model.VirtualService;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Threads instead of loops. The timer never runs, so that a call that is lost stays lost, and the
 * test does not end.
 */
class AdmissionQueueTest {
  private static final int PLACES = 2;
  private static final Queue RULES = new Queue(1000, Duration.ofHours(1));

  private final RealServer server =
      RealServer.of("127.0.0.1:1").withLimits(new ConnectionLimits(PLACES, PLACES));
  private final LoadBalancer balancer =
      LoadBalancer.of(
          VirtualService.inProcess("web").scheduler("rr").realServers(List.of(server)).build());
  private final ScheduledThreadPoolExecutor noTimer = new ScheduledThreadPoolExecutor(1);
  private final AtomicInteger asking = new AtomicInteger();
  private final AdmissionQueue queue =
      new AdmissionQueue(
          new AdmissionQueue.Source() {
            @Override
            public String service() {
              return "web";
            }

            @Override
            public ServiceLimits.Queue rules() {
              return RULES;
            }

            @Override
            public @Nullable Admission admit(Waiter waiter) {
              assertThat(asking.incrementAndGet()).as("threads that ask at once").isEqualTo(1);
              Admission answer = balancer.admitUnlessFull(waiter.flow, waiter.failed);
              asking.decrementAndGet();
              return answer == null ? CarriedService.FULL : answer;
            }

            @Override
            public Admission giveUp(Waiter waiter, Cause cause) {
              return new Refused("web", cause, List.of());
            }
          },
          noTimer);

  AdmissionQueueTest() {
    noTimer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    noTimer.shutdown();
    noTimer.setRejectedExecutionHandler((task, pool) -> {});
  }

  @AfterEach
  void stop() {
    noTimer.shutdownNow();
  }

  @Test
  void it_is_as_long_as_it_may_be_and_no_longer() {
    fill();
    Queue two = new Queue(2, Duration.ofHours(1));
    Waiter first = waiter(new LinkedBlockingQueue<>());
    assertThat(queue.add(first, two)).isNull();
    assertThat(queue.add(waiter(new LinkedBlockingQueue<>()), two)).isNull();
    assertThat(queue.add(waiter(new LinkedBlockingQueue<>()), two)).isEqualTo(Cause.QUEUE_FULL);
    assertThat(queue.size()).isEqualTo(2);
    assertThat(queue.remove(first)).isTrue();
    assertThat(queue.remove(first)).as("a second time").isFalse();
    assertThat(queue.add(waiter(new LinkedBlockingQueue<>()), two)).isNull();
  }

  @Test
  void a_closed_queue_refuses_all() throws Exception {
    fill();
    BlockingQueue<Admission> answers = new LinkedBlockingQueue<>();
    queue.add(waiter(answers), RULES);
    queue.close();
    assertThat(answers.poll(10, TimeUnit.SECONDS))
        .isInstanceOfSatisfying(Refused.class, r -> assertThat(r.cause()).isEqualTo(Cause.CLOSED));
    assertThat(queue.add(waiter(answers), RULES)).isEqualTo(Cause.CLOSED);
    assertThat(queue.isEmpty()).isTrue();
  }

  @Test
  void whoever_leaves_from_the_middle_or_either_end_others_keep_their_order() throws Exception {
    List<Connection> open = fill();
    List<BlockingQueue<Admission>> answers = new ArrayList<>();
    List<Waiter> waiters = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      answers.add(new LinkedBlockingQueue<>());
      waiters.add(waiter(answers.get(i)));
      queue.add(waiters.get(i), RULES);
    }
    for (int gone : new int[] {0, 2, 5}) {
      assertThat(queue.remove(waiters.get(gone))).isTrue();
    }
    for (int next : new int[] {1, 3, 4}) {
      assertThat(answers).allMatch(BlockingQueue::isEmpty);
      open.remove(0).close();
      queue.look();
      open.add((Connection) answers.get(next).poll(10, TimeUnit.SECONDS));
    }
    assertThat(queue.isEmpty()).isTrue();
    assertThat(queue.waited()).isEqualTo(6);
  }

  /** Each thread wants a place, holds it for a moment or goes away from the queue, and again. */
  @Test
  void no_call_is_lost_whatever_threads_do_at_once() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(6);
    try {
      List<Future<Integer>> work = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        SplittableRandom chance = new SplittableRandom(i);
        work.add(threads.submit(() -> comeAndGo(chance)));
      }
      int served = 0;
      for (Future<Integer> each : work) {
        served += each.get(60, TimeUnit.SECONDS);
      }
      assertThat(served).isPositive();
    } finally {
      threads.shutdownNow();
    }
    assertThat(queue.isEmpty()).isTrue();
    assertThat(balancer.status().connections()).isZero();
  }

  private int comeAndGo(SplittableRandom chance) throws InterruptedException {
    int served = 0;
    for (int turn = 0; turn < 5_000; turn++) {
      BlockingQueue<Admission> answers = new LinkedBlockingQueue<>();
      Waiter waiter = waiter(answers);
      Admission answer = null;
      if (queue.isEmpty()) {
        answer = balancer.admitUnlessFull(Flow.any(), null);
      }
      if (answer == null) {
        assertThat(queue.add(waiter, RULES)).isNull();
        if (chance.nextInt(4) == 0 && queue.remove(waiter)) {
          continue;
        }
        answer = answers.poll(30, TimeUnit.SECONDS);
      }
      assertThat(answer).as("lost: %s", balancer.status()).isInstanceOf(Connection.class);
      served++;
      ((Connection) answer).close();
      queue.look();
    }
    return served;
  }

  private List<Connection> fill() {
    List<Connection> open = new ArrayList<>();
    for (int i = 0; i < PLACES; i++) {
      open.add((Connection) balancer.admit(Flow.any()));
    }
    return open;
  }

  private static Waiter waiter(BlockingQueue<Admission> answers) {
    return new Waiter(Flow.any(), null, System.nanoTime(), answers::add);
  }
}

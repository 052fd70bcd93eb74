package io.jvs.persistence;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.balancing.FakeTicker;
import io.jvs.model.Flow;
import io.jvs.model.Persistence;
import io.jvs.model.TemplateRules;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Many threads at once: what must hold whatever their order. */
@Timeout(60)
class TemplateTableStressTest {
  private static final int THREADS = 4;
  private static final int STEPS = 60_000;
  private static final int CLIENTS = 3_000;

  /** A maximum that is never reached, and one that is all the time. */
  @ParameterizedTest
  @ValueSource(ints = {1_000_000, 500, 1})
  void counts_never_drift(int maximum) throws Exception {
    Persistence persistence =
        Persistence.sourceAddress(Duration.ofSeconds(5))
            .withRules(TemplateRules.DEFAULT.withMaximum(maximum));
    TemplateWorld world = new TemplateWorld(persistence, TemplateWorld.WEB);
    List<Flow> clients = clients(CLIENTS);
    together(
        thread -> {
          SplittableRandom chance = new SplittableRandom(thread);
          List<Template<String>> open = new ArrayList<>();
          for (int i = 0; i < STEPS; i++) {
            long now = world.ticker.nanoTime();
            Flow flow = clients.get(chance.nextInt(CLIENTS));
            Template<String> template = world.table.find(flow, now);
            if (template == null || chance.nextInt(10) == 0) {
              template = world.table.remember(flow, "s" + chance.nextInt(4), template, now);
            }
            if (template != null && template.connectionOpened(now)) {
              open.add(template);
            }
            if (open.size() > 20) {
              open.remove(chance.nextInt(20)).connectionClosed(now);
            }
            switch (chance.nextInt(2_000)) {
              case 0 -> world.table.expire(now);
              case 1 -> world.table.forget("s0"::equals);
              case 2, 3, 4 -> world.ticker.advance(Duration.ofSeconds(2));
              default -> {}
            }
          }
          open.forEach(template -> template.connectionClosed(world.ticker.nanoTime()));
        });
    Map<String, Integer> left = new HashMap<>();
    for (Flow flow : clients) {
      Template<String> found = world.find(flow);
      if (found != null) {
        left.merge(found.server(), 1, Integer::sum);
      }
    }
    world.table.expire(world.ticker.nanoTime());
    int sum = left.values().stream().mapToInt(Integer::intValue).sum();
    assertThat(world.table.size()).isEqualTo(sum).isLessThanOrEqualTo(maximum);
    world.counts.forEach(
        (server, count) -> assertThat(count).as(server).isEqualTo(left.getOrDefault(server, 0)));
    world.ticker.advance(Duration.ofMinutes(2));
    world.table.expire(world.ticker.nanoTime());
    assertThat(world.table.size()).isZero();
    assertThat(world.counts.values()).containsOnly(0);
  }

  /** Segments grow under the readers, who must find what was there before them. */
  @Test
  void nobody_is_lost_while_the_table_grows() throws Exception {
    TemplateWorld world =
        new TemplateWorld(Persistence.sourceAddress(Duration.ofHours(1)), 1_000_000);
    List<Flow> known = clients(500);
    known.forEach(flow -> world.remember(flow, "known"));
    List<Flow> others = clients(100_000).subList(500, 100_000);
    together(
        thread -> {
          if (thread == 0) {
            others.forEach(flow -> world.remember(flow, "other"));
          } else {
            for (int i = 0; i < 400_000; i++) {
              assertThat(world.table.find(known.get(i % 500), 0) != null).isTrue();
            }
          }
        });
    assertThat(world.table.size()).isEqualTo(100_000);
    assertThat(world.counts).containsEntry("known", 500).containsEntry("other", 99_500);
  }

  /** The place of one client: whoever wins, all agree. */
  @Test
  void threads_that_meet_at_one_client_agree() throws Exception {
    TemplateWorld world = new TemplateWorld(Persistence.sourceAddress(Duration.ofHours(1)), 1000);
    FakeTicker ticker = world.ticker;
    List<Flow> clients = clients(500);
    List<Map<Flow, Template<String>>> seen = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      seen.add(new HashMap<>());
    }
    together(
        thread -> {
          for (Flow flow : clients) {
            Template<String> found = world.table.find(flow, ticker.nanoTime());
            seen.get(thread).put(flow, found == null ? world.remember(flow, "s" + thread) : found);
          }
        });
    for (Map<Flow, Template<String>> each : seen) {
      assertThat(each).isEqualTo(seen.get(0));
    }
    assertThat(world.table.size()).isEqualTo(500);
  }

  private static List<Flow> clients(int count) {
    List<Flow> clients = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      clients.add(TemplateWorld.client(i));
    }
    return clients;
  }

  /** A part of the work for each thread. */
  private interface Work {
    void run(int thread);
  }

  private static void together(Work work) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try {
      List<Future<?>> all = new ArrayList<>();
      for (int t = 0; t < THREADS; t++) {
        int thread = t;
        all.add(threads.submit(() -> work.run(thread)));
      }
      for (Future<?> each : all) {
        Objects.requireNonNull(each).get();
      }
    } finally {
      threads.shutdown();
    }
  }
}

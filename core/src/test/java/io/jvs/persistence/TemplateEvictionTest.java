package io.jvs.persistence;

import static io.jvs.persistence.TemplateWorld.client;
import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.model.Persistence;
import io.jvs.model.TemplateRules;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TemplateEvictionTest {
  private static final Persistence MINUTES = Persistence.sourceAddress(Duration.ofMinutes(6));

  private static TemplateWorld full(int maximum) {
    TemplateWorld world = new TemplateWorld(MINUTES, maximum);
    for (int i = 0; i < maximum; i++) {
      world.remember(client(i), "old");
    }
    assertThat(world.table.size()).isEqualTo(maximum);
    assertThat(world.evicted).hasValue(0);
    return world;
  }

  @Test
  void in_a_full_table_each_new_client_takes_the_place_of_another() {
    TemplateWorld world = full(3);
    for (int i = 0; i < 10; i++) {
      world.remember(client(1000 + i), "new");
      assertThat(world.serverOf(client(1000 + i))).isEqualTo("new");
      assertThat(world.table.size()).isEqualTo(3);
    }
    assertThat(world.evicted).hasValue(10);
    assertThat(world.counts.values().stream().mapToInt(Integer::intValue).sum()).isEqualTo(3);
  }

  @Test
  void a_table_for_one_client_remembers_the_latest() {
    TemplateWorld world = full(1);
    for (int i = 1; i < 100; i++) {
      world.remember(client(i), "new");
      assertThat(world.find(client(i))).isNotNull();
      assertThat(world.find(client(i - 1))).isNull();
    }
  }

  @Test
  void what_has_run_out_goes_first_and_is_no_eviction() {
    TemplateWorld world = full(1000);
    world.ticker.advance(Duration.ofMinutes(6));
    // Fewer than half of them, so that there are old ones in the segment of each new one.
    for (int i = 0; i < 300; i++) {
      world.remember(client(5000 + i), "new");
    }
    assertThat(world.evicted).hasValue(0);
    for (int i = 0; i < 300; i++) {
      assertThat(world.serverOf(client(5000 + i))).isEqualTo("new");
    }
  }

  @Test
  void a_flood_evicts_no_client_with_open_connections_while_there_are_others() {
    TemplateWorld world = full(2000);
    List<Integer> busy = new ArrayList<>();
    for (int i = 0; i < 2000; i += 2) {
      assertThat(world.remember(client(i), "old").connectionOpened(world.ticker.nanoTime()))
          .isTrue();
      busy.add(i);
    }
    for (int i = 0; i < 200_000; i++) {
      world.tryToRemember(client(10_000 + i), "flood");
    }
    assertThat(world.table.size()).isEqualTo(2000);
    assertThat(busy).allSatisfy(i -> assertThat(world.serverOf(client(i))).isEqualTo("old"));
  }

  @Test
  void where_all_have_open_connections_the_new_client_is_not_remembered_and_that_is_counted() {
    TemplateWorld world = full(500);
    for (int i = 0; i < 500; i++) {
      world.remember(client(i), "old").connectionOpened(world.ticker.nanoTime());
    }
    assertThat(world.tryToRemember(client(10_000), "new")).isNull();
    assertThat(world.find(client(10_000))).isNull();
    assertThat(world.evicted).hasValue(1);
    assertThat(world.table.size()).isEqualTo(500);
    assertThat(world.counts).isEqualTo(Map.of("old", 500));
  }

  /**
   * Of eight the one whose time is over first goes, so those who came back lately are seldom it:
   * among eight of whom half came back the chance that all did is 1 in 256. The hand sees all 4,000
   * while about 500 are evicted (one of each eight), so at most a few of the 2,000 who came back go
   * with the first 500 evictions.
   */
  @Test
  void clients_who_came_back_outlast_those_who_did_not() {
    TemplateWorld world = full(4000);
    world.ticker.advance(Duration.ofMinutes(1));
    for (int i = 0; i < 4000; i += 2) {
      world.visit(world.remember(client(i), "old"));
    }
    for (int i = 0; i < 500; i++) {
      world.remember(client(10_000 + i), "flood");
    }
    int left = 0;
    for (int i = 0; i < 4000; i += 2) {
      left += world.find(client(i)) == null ? 0 : 1;
    }
    assertThat(left).isGreaterThan(1980);
  }

  @Test
  void the_same_clients_in_the_same_order_evict_the_same_clients() {
    List<Integer> first = survivors();
    assertThat(first).isNotEmpty().isEqualTo(survivors());
  }

  private static List<Integer> survivors() {
    TemplateWorld world = full(1000);
    for (int i = 0; i < 500; i++) {
      world.remember(client(10_000 + i), "new");
    }
    List<Integer> survivors = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      if (world.find(client(i)) != null) {
        survivors.add(i);
      }
    }
    return survivors;
  }

  @Test
  void a_lower_maximum_is_reached_as_new_clients_come() {
    TemplateWorld world = full(1000);
    Persistence smaller = MINUTES.withRules(TemplateRules.DEFAULT.withMaximum(100));
    assertThat(world.table.with(smaller, TemplateWorld.WEB)).isSameAs(world.table);
    for (int i = 0; i < 900; i++) {
      world.remember(client(5000 + i), "new");
    }
    assertThat(world.table.size()).isEqualTo(100);
  }
}

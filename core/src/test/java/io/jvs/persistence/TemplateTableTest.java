package io.jvs.persistence;

import static io.jvs.persistence.TemplateWorld.WEB;
import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.model.Flow;
import io.jvs.model.Persistence;
import io.jvs.model.Persistence.SourceNetwork;
import io.jvs.model.VirtualAddress;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class TemplateTableTest {
  private static final SourceNetwork TEN_SECONDS =
      new SourceNetwork(Duration.ofSeconds(10), 24, 64);
  private static final Flow ANN = TemplateWorld.from("198.51.100.7:1");

  private final TemplateWorld world = new TemplateWorld(TEN_SECONDS, 1_000_000);

  @Test
  void the_time_starts_anew_with_each_new_connection() {
    Template<String> template = world.remember(ANN, "a");
    world.visit(template);
    world.ticker.advance(Duration.ofSeconds(9));
    world.visit(template);
    world.ticker.advance(Duration.ofSeconds(9));
    assertThat(world.find(ANN)).isSameAs(template);
    world.ticker.advance(Duration.ofSeconds(1));
    assertThat(world.find(ANN)).isNull();
    world.table.expire(world.ticker.nanoTime());
    assertThat(world.counts).containsEntry("a", 0);
    assertThat(world.table.size()).isZero();
  }

  @Test
  void a_template_with_open_connections_lives_in_steps_of_a_minute_for_ever_after() {
    Template<String> template = world.remember(ANN, "a");
    template.connectionOpened(world.ticker.nanoTime());
    world.ticker.advance(Duration.ofSeconds(100)); // out at 10 s, again at 70 s, so until 130 s
    assertThat(template.remainingNanos(world.ticker.nanoTime())).isEqualTo(30_000_000_000L);
    template.connectionClosed(world.ticker.nanoTime());
    world.ticker.advance(Duration.ofSeconds(29));
    assertThat(world.find(ANN)).isSameAs(template);
    template.connectionOpened(world.ticker.nanoTime());
    assertThat(template.remainingNanos(world.ticker.nanoTime())).isEqualTo(60_000_000_000L);
    template.connectionClosed(world.ticker.nanoTime());
    world.ticker.advance(Duration.ofSeconds(60));
    assertThat(world.find(ANN)).isNull();
  }

  @Test
  void of_two_threads_that_remember_at_once_the_first_one_holds() {
    long now = world.ticker.nanoTime();
    Template<String> first = world.remember(ANN, "a");
    assertThat(world.tryToRemember(ANN, "b")).isSameAs(first);
    assertThat(world.counts).containsEntry("a", 1).doesNotContainKey("b");
    Template<String> second = Objects.requireNonNull(world.table.remember(ANN, "b", first, now));
    assertThat(second.server()).isEqualTo("b");
    assertThat(world.table.remember(ANN, "c", first, now)).isSameAs(second);
    assertThat(world.counts).containsEntry("a", 0).containsEntry("b", 1).doesNotContainKey("c");
  }

  @Test
  void a_template_that_has_run_out_makes_way_for_a_new_one() {
    Template<String> old = world.remember(ANN, "a");
    world.ticker.advance(Duration.ofSeconds(10));
    assertThat(world.remember(ANN, "b")).isNotSameAs(old);
    assertThat(world.counts).containsEntry("a", 0).containsEntry("b", 1);
    assertThat(old.connectionOpened(world.ticker.nanoTime())).as("given up").isFalse();
  }

  @Test
  void a_flood_of_clients_that_never_return_does_not_pile_up() {
    int largest = 0;
    for (int second = 0; second < 100; second++) {
      for (int i = 0; i < 200; i++) {
        world.remember(TemplateWorld.client(second << 16 | i << 8), "a");
      }
      world.ticker.advance(Duration.ofSeconds(1));
      largest = Math.max(largest, world.table.size());
    }
    // 2,000 are alive. The hand sees each slot once while a quarter as many clients come, and there
    // are at most four slots for a template, so that at most as many have run out as are alive.
    assertThat(largest).isLessThan(2 * 11 * 200);
    assertThat(world.evicted).hasValue(0);
  }

  @Test
  void another_way_to_know_clients_forgets_them_and_another_timeout_does_not() {
    world.remember(ANN, "a");
    SourceNetwork longer = new SourceNetwork(Duration.ofSeconds(99), 24, 64);
    assertThat(world.table.with(longer, WEB)).isSameAs(world.table);
    assertThat(world.serverOf(ANN)).isEqualTo("a");

    TemplateTable<String> wider =
        world.table.with(new SourceNetwork(Duration.ofSeconds(99), 16, 64), WEB);
    assertThat(wider).isNotSameAs(world.table);
    assertThat(wider.size()).isZero();
    assertThat(world.counts).containsEntry("a", 0);
    Persistence byPort = Persistence.sourcePort(Duration.ofSeconds(99));
    assertThat(wider.with(byPort, WEB)).isNotSameAs(wider);
    assertThat(wider.with(longer, VirtualAddress.tcp("192.0.2.1", 0))).isNotSameAs(wider);
  }

  @Test
  void only_new_templates_take_a_new_timeout() {
    Template<String> old = world.remember(ANN, "a");
    world.table = world.table.with(new SourceNetwork(Duration.ofSeconds(99), 24, 64), WEB);
    old.connectionOpened(world.ticker.nanoTime());
    assertThat(old.remainingNanos(world.ticker.nanoTime())).isEqualTo(10_000_000_000L);
    Template<String> young = world.remember(TemplateWorld.from("203.0.113.1:1"), "a");
    assertThat(young.remainingNanos(world.ticker.nanoTime())).isEqualTo(99_000_000_000L);
  }

  @Test
  void the_clients_of_a_server_can_be_forgotten_at_once() {
    for (int i = 0; i < 1000; i++) {
      world.remember(TemplateWorld.client(i << 8), i % 2 == 0 ? "a" : "b");
    }
    world.table.forget("a"::equals);
    assertThat(world.counts).containsEntry("a", 0).containsEntry("b", 500);
    assertThat(world.serverOf(TemplateWorld.client(0))).isNull();
    assertThat(world.serverOf(TemplateWorld.client(1 << 8))).isEqualTo("b");
  }

  /** As a thread does that has read the generation just before persistence was switched off. */
  @Test
  void nothing_is_remembered_after_the_end_of_a_table() {
    world.remember(ANN, "a");
    world.table.close();
    assertThat(world.tryToRemember(TemplateWorld.from("203.0.113.1:1"), "a")).isNull();
    assertThat(world.find(ANN)).isNull();
    assertThat(world.counts).containsEntry("a", 0);
    assertThat(world.table.size()).isZero();
  }
}

package io.jvs.scheduling;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Vectors observed on a running 6.1 kernel. */
class WeightedRoundRobinTest {
  private final ServerTable table = new ServerTable(new WeightedRoundRobin());

  @Test
  void a_service_filled_by_adding_begins_with_one_round_of_everybody() {
    table.add("C", 2).add("B", 3).add("A", 4);
    assertThat(table.picks(22)).isEqualTo("A B C A A B A B C A B C A A B A B C A B C A");
  }

  @Test
  void the_newest_comes_first_among_equals() {
    table.add("A", 4).add("B", 3).add("C", 2);
    assertThat(table.picks(22)).isEqualTo("C B A A B A C B A C B A A B A C B A C B A A");
  }

  @Test
  void the_level_falls_by_the_greatest_common_divisor() {
    table.add("C", 10).add("B", 20).add("A", 40);
    assertThat(table.picks(22)).isEqualTo("A B C A A A B A B C A A A B A B C A A A B A");
  }

  @Test
  void a_quiesced_server_gets_nothing() {
    table.add("A", 5).add("B", 0).add("C", 3);
    assertThat(table.picks(22)).isEqualTo("C A A A C A C A C A A A C A C A C A A A C A");
  }

  @Test
  void wide_steps() {
    table.add("A", 100).add("B", 50).add("C", 25);
    assertThat(table.picks(22)).isEqualTo("C B A A A B A C B A A A B A C B A A A B A C");
  }

  @Test
  void bound_to_a_filled_list_it_starts_from_the_top() {
    ServerTable filled = new ServerTable(new RoundRobin()).add("C", 2).add("B", 3).add("A", 4);
    filled.bind(new WeightedRoundRobin());
    assertThat(filled.picks(18)).isEqualTo("A A B A B C A B C A A B A B C A B C");
  }

  @Test
  void an_edit_starts_at_the_head_again_and_keeps_the_level() {
    table.add("C", 2).add("B", 3).add("A", 4);
    assertThat(table.picks(5)).isEqualTo("A B C A A");
    assertThat(table.edit("B", 6).picks(12)).isEqualTo("A B A B C B A B A B C B");
  }

  @Test
  void nobody_with_a_weight_means_nobody() {
    table.add("A", 0).add("B", 0);
    assertThat(table.picks(2)).isEqualTo("- -");
  }

  @Test
  void who_is_full_is_passed_over_and_the_search_ends_when_all_are() {
    table.add("C", 2).add("B", 3).add("A", 4);
    table.row("A").overloaded = true;
    assertThat(table.picks(5)).isEqualTo("B C B B C");
    table.row("B").overloaded = true;
    table.row("C").overloaded = true;
    assertThat(table.picks(3)).isEqualTo("- - -");
  }

  @Test
  void weights_up_to_the_maximum_do_not_overflow() {
    table.add("A", 65_535).add("B", 1);
    assertThat(table.picks(4)).isEqualTo("B A A A");
  }
}

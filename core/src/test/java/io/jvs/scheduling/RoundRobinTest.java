package io.jvs.scheduling;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Vectors observed on a running 6.1 kernel. */
class RoundRobinTest {
  private final ServerTable table =
      new ServerTable(new RoundRobin()).add("A", 1).add("B", 1).add("C", 1);

  @Test
  void goes_round_the_list_from_the_newest_on() {
    assertThat(table.picks(7)).isEqualTo("C B A C B A C");
  }

  @Test
  void an_added_server_waits_for_its_turn() {
    table.picks(7);
    assertThat(table.add("D", 1).picks(6)).isEqualTo("B A D C B A");
  }

  @Test
  void when_the_last_chosen_one_leaves_its_predecessor_takes_its_place() {
    table.picks(7);
    table.add("D", 1).picks(6);
    assertThat(table.remove("A").picks(5)).isEqualTo("D C B D C");
  }

  @Test
  void removing_one_that_was_passed_already_does_not_skip_anybody() {
    table.picks(2); // C B
    assertThat(table.remove("C").picks(3)).isEqualTo("A B A");
  }

  @Test
  void skips_who_is_quiesced_full_or_excluded() {
    table.row("B").overloaded = true;
    assertThat(table.picks(3)).isEqualTo("C A C");
    table.row("B").overloaded = false;
    table.row("A").excluded = true;
    assertThat(table.picks(3)).isEqualTo("B C B");
    table.edit("C", 0);
    assertThat(table.picks(2)).isEqualTo("B B");
  }

  @Test
  void chooses_nobody_when_nobody_is_usable() {
    table.edit("A", 0).edit("B", 0).edit("C", 0);
    assertThat(table.picks(2)).isEqualTo("- -");
  }

  @Test
  void a_failed_search_does_not_move_the_position() {
    assertThat(table.picks(1)).isEqualTo("C");
    table.edit("A", 0).edit("B", 0).edit("C", 0).picks(3);
    assertThat(table.edit("A", 1).edit("B", 1).edit("C", 1).picks(3)).isEqualTo("B A C");
  }
}

package io.jvs.scheduling;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LeastConnectionTest {
  @Test
  void one_active_connection_outweighs_255_inactive_ones() {
    ServerTable table = new ServerTable(new LeastConnection()).add("B", 1).add("A", 1);
    table.row("A").active = 1;
    table.row("B").inactive = 255;
    assertThat(table.pick()).isEqualTo("B");
    table.row("B").inactive = 257;
    assertThat(table.pick()).isEqualTo("A");
  }

  @Test
  void of_equals_the_newest_is_taken_whatever_its_weight() {
    ServerTable table = new ServerTable(new LeastConnection()).add("B", 9).add("A", 1);
    assertThat(table.pick()).isEqualTo("A");
  }

  @Test
  void the_kernels_example_chooses_A() { // reference 4.6: overheads 778, 1280, 1992, -, 1324
    assertThat(kernelExample(new LeastConnection()).pick()).isEqualTo("A");
  }

  @Test
  void weighted_the_kernels_example_chooses_B() { // 778, 640, 664, -, 662 per weight
    assertThat(kernelExample(new WeightedLeastConnection()).pick()).isEqualTo("B");
  }

  @Test
  void weights_are_compared_without_rounding() {
    ServerTable table = new ServerTable(new WeightedLeastConnection()).add("B", 3).add("A", 2);
    table.row("A").inactive = 2; // 1 each
    table.row("B").inactive = 3; // 1 each: a tie, so the newest
    assertThat(table.pick()).isEqualTo("A");
    table.row("B").inactive = 2;
    assertThat(table.pick()).isEqualTo("B");
  }

  @Test
  void neither_takes_who_is_quiesced_full_or_excluded() {
    for (Scheduler scheduler :
        new Scheduler[] {new LeastConnection(), new WeightedLeastConnection()}) {
      ServerTable table = new ServerTable(scheduler).add("A", 1).add("B", 1).add("C", 0);
      table.row("B").overloaded = true;
      table.row("A").active = 1000;
      assertThat(table.pick()).isEqualTo("A");
      table.row("A").excluded = true;
      assertThat(table.pick()).isEqualTo("-");
    }
  }

  @Test
  void huge_counts_times_huge_weights_do_not_overflow() {
    ServerTable table =
        new ServerTable(new WeightedLeastConnection()).add("B", 65_535).add("A", 65_534);
    table.row("A").active = 8_000_000;
    table.row("B").active = 8_000_000;
    assertThat(table.pick()).isEqualTo("B");
  }

  private static ServerTable kernelExample(Scheduler scheduler) {
    ServerTable table =
        new ServerTable(scheduler).add("E", 2).add("D", 0).add("C", 3).add("B", 2).add("A", 1);
    set(table, "A", 3, 10);
    set(table, "B", 5, 0);
    set(table, "C", 7, 200);
    set(table, "E", 4, 300);
    return table;
  }

  private static void set(ServerTable table, String name, int active, int inactive) {
    table.row(name).active = active;
    table.row(name).inactive = inactive;
  }
}

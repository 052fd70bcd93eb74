package io.jvs.scheduling;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.balancing.FakeTicker;
import io.jvs.model.Flow;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class DestinationTableTest {
  private final FakeTicker ticker = new FakeTicker();

  private DestinationTable<String> table(KernelCompatibility compatibility) {
    return new DestinationTable<>(Duration.ofHours(24), ticker, compatibility);
  }

  private static Flow flow(int number) {
    return KernelList.to(
        "10." + (number >> 16) + "." + (number >> 8 & 0xFF) + "." + (number & 0xFF));
  }

  private boolean knows(DestinationTable<String> table, int number) {
    return table.find(flow(number), ticker.nanoTime()) != null;
  }

  private void fill(DestinationTable<String> table, int from, int to) {
    for (int i = from; i < to; i++) {
      table.change(flow(i), ticker.nanoTime(), present -> "value");
    }
  }

  private void minutes(int minutes) {
    ticker.advance(Duration.ofMinutes(minutes));
  }

  @Test
  void what_was_put_in_is_found_whatever_shares_its_chain() {
    DestinationTable<String> table = table(KernelCompatibility.NEWEST);
    for (int i = 0; i < 20_000; i++) {
      String value = "value " + i;
      table.change(flow(i), ticker.nanoTime(), present -> value);
    }
    for (int i = 0; i < 20_000; i++) {
      DestinationTable.Entry<String> entry = table.find(flow(i), ticker.nanoTime());
      assertThat(entry).isNotNull();
      assertThat(entry == null ? "" : entry.value()).isEqualTo("value " + i);
    }
    assertThat(knows(table, 20_000)).isFalse();
  }

  @Test
  void newer_kernels_remember_no_more_than_24576_destinations() {
    DestinationTable<String> table = table(KernelCompatibility.NEWEST);
    fill(table, 0, 25_000);
    assertThat(table.size()).isEqualTo(24_576);
    assertThat(knows(table, 24_575)).isTrue();
    assertThat(knows(table, 24_576)).isFalse();
    table.change(flow(0), ticker.nanoTime(), present -> "other"); // those known may still change
    DestinationTable.Entry<String> entry = table.find(flow(0), ticker.nanoTime());
    assertThat(entry == null ? "" : entry.value()).isEqualTo("other");
  }

  @Test
  void older_kernels_have_no_cap() {
    DestinationTable<String> table = table(KernelCompatibility.LINUX_6_1);
    fill(table, 0, 25_000);
    assertThat(table.size()).isEqualTo(25_000);
  }

  @Test
  void too_many_are_collected_when_idle_for_six_minutes_four_for_each_three_too_many() {
    DestinationTable<String> table = table(KernelCompatibility.NEWEST);
    fill(table, 0, DestinationTable.MAX_SIZE + 3_000);
    minutes(5);
    knows(table, 0);
    assertThat(table.size()).isEqualTo(DestinationTable.MAX_SIZE + 3_000);
    minutes(1); // all are idle for six minutes at this very moment
    knows(table, 0);
    // The goal is 4,000; the bucket in which it is reached, of some twenty, is finished.
    assertThat(table.size())
        .isBetween(DestinationTable.MAX_SIZE - 1_000 - 60, DestinationTable.MAX_SIZE - 1_000);
  }

  @Test
  void the_collection_goes_on_where_it_stopped() {
    DestinationTable<String> table = table(KernelCompatibility.LINUX_6_1);
    fill(table, 0, 40_000);
    minutes(6); // the goal is half of the maximum at most
    knows(table, 0);
    assertThat(table.size()).isBetween(40_000 - 8_192 - 80, 40_000 - 8_192);
    minutes(1);
    knows(table, 0);
    assertThat(table.size()).isBetween(40_000 - 2 * (8_192 + 80), 40_000 - 2 * 8_192);
    int left = table.size();
    for (int i = 0; i < 40_000; i++) {
      left -= knows(table, i) ? 1 : 0;
    }
    assertThat(left).isZero();
  }

  @Test
  void those_in_use_stay() {
    DestinationTable<String> table = table(KernelCompatibility.NEWEST);
    fill(table, 0, 20_000);
    for (int minute = 0; minute < 10; minute++) {
      minutes(1);
      for (int i = 0; i < 100; i++) {
        DestinationTable.Entry<String> entry = table.find(flow(i), ticker.nanoTime());
        assertThat(entry).isNotNull();
        if (entry != null) {
          entry.used(ticker.nanoTime());
        }
      }
    }
    assertThat(table.size()).isLessThan(DestinationTable.MAX_SIZE + 1);
  }

  @Test
  void the_first_to_ask_after_a_week_finds_it_empty_and_the_rhythm_kept() {
    DestinationTable<String> table = table(KernelCompatibility.NEWEST);
    fill(table, 0, 10_000);
    minutes(7 * 24 * 60 + 10); // full collections are at every half hour since the beginning
    assertThat(knows(table, 0)).isFalse();
    assertThat(table.size()).isZero();
    fill(table, 0, 1);
    minutes(24 * 60 + 19); // 29 minutes after a full collection, when it was too young
    assertThat(knows(table, 0)).isTrue();
    minutes(1);
    assertThat(knows(table, 0)).isFalse();
  }

  @Test
  void what_6_1_forgets_to_count_down_stays_counted() {
    DestinationTable<String> table = table(KernelCompatibility.LINUX_6_1);
    fill(table, 0, 1);
    for (int i = 0; i < 3; i++) {
      table.change(
          flow(0),
          ticker.nanoTime(),
          present -> {
            table.leak();
            return "other";
          });
    }
    assertThat(table.size()).isEqualTo(4);
    minutes(25 * 60);
    assertThat(knows(table, 0)).isFalse();
    assertThat(table.size()).isEqualTo(3);
  }
}

package io.jvs.benchmarks.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import io.jvs.benchmarks.proxy.Proxy.Ports;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProxyTableTest {
  private final Readings readings = new Readings();

  @Test
  void a_ratio_is_the_median_of_the_rounds_and_not_the_ratio_of_medians() {
    add("REQUESTS", Proxies.REFERENCE, 10, 40, 20);
    add("REQUESTS", "JVS epoll", 8, 20, 25); // ratios 1.25, 2, 0.8; of the medians 1

    assertThat(line("| 64-byte request"))
        .contains("20.0 (**1.25×**)")
        .endsWith("JVS epoll ≥ 1.05: **met** |");
  }

  @Test
  void a_missed_bar_says_by_how_much() {
    add("CONNECTS", Proxies.REFERENCE, 50);
    add("CONNECTS", "JVS epoll", 100);

    assertThat(line("| connect")).endsWith("JVS epoll ≥ 1.00: **missed by 0.50** |");
  }

  @Test
  void more_memory_than_the_bar_is_a_miss_although_the_number_is_higher() {
    add(Row.MEMORY, Proxies.REFERENCE, 3);
    add(Row.MEMORY, "JVS epoll", 3);

    assertThat(line("| memory")).contains("JVS epoll ≤ 0.60: **missed by 0.40**");
  }

  @Test
  void what_was_not_measured_is_neither_met_nor_missed() {
    assertThat(line("| bulk, 1 connection")).contains("JVS epoll ≥ 2.80: not measured");
  }

  @Test
  void engines_on_io_uring_have_bars_of_their_own() {
    assertThat(Row.tcp().get(0).barOf("JVS io-uring")).isEqualTo(1.3);
    assertThat(Row.tcp().get(0).barOf("JVS epoll")).isEqualTo(1.05);
  }

  @Test
  void rounds_that_only_one_of_two_has_are_left_out() {
    readings.add("x", "a", 0, 1);
    readings.add("x", "a", 1, 6);
    readings.add("x", "b", 1, 2);

    assertThat(readings.ratios("x", "a", "b")).containsExactly(3.0);
  }

  @Test
  void times_say_how_far_the_rounds_are_apart() {
    add(Row.P50, Proxies.REFERENCE, 50, 50, 50);
    add(Row.P50, "JVS epoll", 49, 51, 48); // ratios 0.98, 1.02, 0.96

    assertThat(line("| 32 connections, 2,000 requests/s: p50"))
        .contains("| 50.0 (**1.00×**) | 49.0 (**0.98×**, 0.96×–1.02×) |");
  }

  @Test
  void what_was_not_asked_for_is_left_out() {
    add(Row.P50, Proxies.REFERENCE, 50);

    assertThat(table(false).costs().lines().skip(2))
        .singleElement(STRING)
        .startsWith("| 32 connections, 2,000 requests/s: p50");
    assertThat(table(false).rates()).isEmpty();
    assertThat(table(true).rates()).contains("| bulk, 1 connection, GB |");
  }

  private void add(String what, String proxy, double... rounds) {
    for (int round = 0; round < rounds.length; round++) {
      readings.add(what, proxy, round, rounds[round]);
    }
  }

  private String line(String start) {
    return table(true)
        .costs()
        .lines()
        .filter(line -> line.startsWith(start))
        .findFirst()
        .orElseThrow();
  }

  private ProxyTable table(boolean complete) {
    List<Proxy> proxies = List.of(named(Proxies.REFERENCE, false), named("JVS epoll", true));
    return ProxyTable.ofTcp(readings, proxies, complete);
  }

  private static Proxy named(String name, boolean ours) {
    return new Proxy() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public boolean ours() {
        return ours;
      }

      @Override
      public List<List<String>> commands(Workshop workshop, Ports front, Ports servers) {
        throw new UnsupportedOperationException(name + " is only a column here");
      }
    };
  }
}

package io.jvs.scheduling;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WeightedLeastIncomingTest {
  private final ServerTable servers =
      new ServerTable(new WeightedLeastIncoming()).add("a", 1).add("b", 2).add("c", 1);

  @Test
  void servers_without_traffic_take_turns() {
    assertThat(servers.picks(6)).isEqualTo("c b a c b a");
  }

  @Test
  void the_lowest_rate_per_weight_is_chosen_until_the_next_estimate() {
    servers.row("a").bytesFromClients = 10_000;
    servers.row("b").bytesFromClients = 15_000; // 7,500 per weight
    servers.row("c").bytesFromClients = 40_000;
    assertThat(servers.picks(3)).isEqualTo("c b a"); // nobody has estimated yet
    servers.after(2_000);
    assertThat(servers.picks(3)).isEqualTo("b b b");
    servers.row("b").bytesFromClients += 1_000_000;
    servers.after(1_999);
    assertThat(servers.picks(2)).isEqualTo("b b");
    servers.after(1);
    assertThat(servers.picks(2)).isEqualTo("a a");
  }

  @Test
  void rates_fall_while_nothing_comes() {
    servers.row("a").bytesFromClients = 4_000;
    servers.row("b").bytesFromClients = 8_000;
    servers.row("c").bytesFromClients = 1_000_000;
    servers.after(2_000);
    assertThat(servers.picks(4)).isEqualTo("b a b a");
    servers.after(600_000);
    assertThat(servers.picks(3)).isEqualTo("c b a");
  }

  @Test
  void estimates_stay_with_their_servers_when_the_list_changes() {
    servers.row("a").bytesFromClients = 10_000;
    servers.row("b").bytesFromClients = 10_000;
    servers.row("c").bytesFromClients = 40_000;
    servers.after(2_000);
    assertThat(servers.pick()).isEqualTo("b");
    servers.remove("b").add("d", 1);
    servers.row("d").bytesFromClients = 90_000; // not estimated yet
    assertThat(servers.picks(2)).isEqualTo("d d");
    servers.row("d").excluded = true;
    assertThat(servers.picks(2)).isEqualTo("a a");
  }
}

package io.jvs.scheduling;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class PowerOfTwoChoicesTest {
  private final ServerTable servers = new ServerTable(new PowerOfTwoChoices());

  @Test
  void the_busiest_is_never_chosen_while_two_others_are_there() {
    servers.add("a", 1).add("b", 1).add("c", 1);
    servers.row("b").active = 5;
    assertThat(share("b")).isZero();
    servers.row("a").excluded = true;
    servers.row("c").excluded = true;
    assertThat(share("b")).isOne();
  }

  @Test
  void equals_share_alike_when_one_client_asks_at_a_time() {
    for (char name = 'a'; name <= 'j'; name++) {
      servers.add(String.valueOf(name), 1);
    }
    for (char name = 'a'; name <= 'j'; name++) {
      assertThat(share(String.valueOf(name))).isBetween(0.08, 0.12);
    }
  }

  @Test
  void idle_servers_are_drawn_by_weight() {
    servers.add("a", 1).add("b", 1).add("c", 1).add("d", 9);
    assertThat(share("d")).isGreaterThan(0.75);
  }

  @Test
  void connections_count_per_weight() {
    servers.add("a", 10).add("b", 1);
    servers.row("a").active = 5;
    assertThat(share("a")).isOne(); // 6 of 10, not 1 of 1
    servers.row("a").active = 10;
    assertThat(share("b")).isOne(); // 11 of 10
  }

  @Test
  void servers_that_are_out_do_not_pass_their_share_to_one_neighbour() {
    for (char name = 'a'; name <= 'j'; name++) {
      servers.add(String.valueOf(name), 1);
      servers.row(String.valueOf(name)).excluded = "bcde".indexOf(name) >= 0;
    }
    assertThat(share("a")).isBetween(0.13, 0.21);
    assertThat(share("f")).isBetween(0.13, 0.21);
  }

  private double share(String name) {
    return Arrays.stream(servers.picks(5_000).split(" ")).filter(name::equals).count() / 5_000.0;
  }
}

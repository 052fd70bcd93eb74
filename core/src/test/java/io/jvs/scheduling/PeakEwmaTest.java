package io.jvs.scheduling;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class PeakEwmaTest {
  private final ServerTable servers =
      new ServerTable(new PeakEwma()).add("a", 1).add("b", 1).add("c", 1);

  @Test
  void a_slow_server_is_left_after_one_answer_and_comes_back_with_time() {
    respond(10);
    servers.responded("b", 2_000, false);
    assertThat(share("b")).isZero();
    servers.after(60_000);
    servers.responded("a", 10, false); // the clock moves with answers
    assertThat(share("b")).isGreaterThan(0.1);
  }

  @Test
  void a_server_that_fails_fast_gets_less_than_its_share() {
    respond(10);
    servers.responded("b", 0, true);
    assertThat(share("b")).isZero();
  }

  @Test
  void connections_that_are_open_count() {
    respond(10);
    servers.row("a").active = 30;
    servers.row("b").active = 10;
    assertThat(share("a")).isZero();
    assertThat(share("b")).isLessThan(share("c"));
  }

  @Test
  void a_new_server_is_tried_with_one_connection_at_a_time() {
    respond(10);
    servers.add("new", 1);
    assertThat(share("new")).isGreaterThan(0.4); // of two drawn it is the one, as with any new one
    servers.row("new").active = 1;
    assertThat(share("new")).isZero();
    servers.responded("new", 5, false);
    assertThat(share("new")).isGreaterThan(0.2);
  }

  @Test
  void what_is_known_stays_with_its_server_when_the_list_changes() {
    respond(10);
    servers.responded("b", 2_000, false);
    servers.remove("a").add("d", 1).edit("b", 2).responded("d", 10, false);
    assertThat(share("b")).isZero();
    assertThat(share("c")).isGreaterThan(0.3);
  }

  @Test
  void equals_share_alike_when_one_client_asks_at_a_time() {
    respond(10);
    assertThat(share("a")).isBetween(0.28, 0.38);
    assertThat(share("b")).isBetween(0.28, 0.38);
    assertThat(share("c")).isBetween(0.28, 0.38);
  }

  private void respond(long millis) {
    for (String name : new String[] {"a", "b", "c"}) {
      servers.responded(name, millis, false);
    }
  }

  private double share(String name) {
    return Arrays.stream(servers.picks(3_000).split(" ")).filter(name::equals).count() / 3_000.0;
  }
}

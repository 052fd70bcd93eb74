package io.jvs.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.balancing.LoadBalancer;
import io.jvs.model.SocketAddresses;
import org.junit.jupiter.api.Test;

class StickyUsersTest {
  @Test
  void a_user_stays_and_moves_only_when_the_server_is_down() {
    try (LoadBalancer carts = LoadBalancer.of(StickyUsers.byUser())) {
      assertThat(StickyUsers.cartOf(carts, "ann")).isEqualTo("cart of ann at 10.0.0.2:6379");
      assertThat(StickyUsers.cartOf(carts, "bob")).isEqualTo("cart of bob at 10.0.0.1:6379");
      assertThat(StickyUsers.cartOf(carts, "ann")).isEqualTo("cart of ann at 10.0.0.2:6379");
      carts.markDown(SocketAddresses.parse("10.0.0.2:6379"), "shown in a test");
      assertThat(StickyUsers.cartOf(carts, "ann")).isEqualTo("cart of ann at 10.0.0.1:6379");
    }
  }

  @Test
  void the_program_runs() {
    StickyUsers.main(new String[0]);
  }
}

package io.jvs.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.balancing.LoadBalancer;
import org.junit.jupiter.api.Test;

class MegaproxyTest {
  @Test
  void all_exits_of_a_farm_lead_to_one_server() {
    try (LoadBalancer shop = LoadBalancer.of(Megaproxy.byNetwork())) {
      String server = Megaproxy.serverFor(shop, "198.51.100.1:1");
      assertThat(Megaproxy.serverFor(shop, "198.51.100.200:2")).isEqualTo(server);
      assertThat(Megaproxy.serverFor(shop, "203.0.113.9:1")).isNotEqualTo(server);
      assertThat(Megaproxy.serverFor(shop, "198.51.100.77:3")).isEqualTo(server);
    }
  }

  @Test
  void the_program_runs() {
    Megaproxy.main(new String[0]);
  }
}

package io.jvs.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.balancing.Connection;
import io.jvs.balancing.LoadBalancer;
import io.jvs.model.Flow;
import io.jvs.model.SocketAddresses;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OwnSchedulerTest {
  private static final Map<String, String> SERVERS = Map.of("10.0.0.1:80", "a", "10.0.0.2:80", "b");

  @Test
  void the_own_zone_is_preferred_while_it_works() {
    try (LoadBalancer near = OwnScheduler.balancer("b", SERVERS)) {
      assertThat(choice(near)).isEqualTo("10.0.0.2:80");
      near.markDown(SocketAddresses.parse("10.0.0.2:80"), "shown in a test");
      assertThat(choice(near)).isEqualTo("10.0.0.1:80");
    }
  }

  private static String choice(LoadBalancer balancer) {
    try (Connection connection = (Connection) balancer.admit(Flow.any())) {
      return connection.server().name();
    }
  }

  @Test
  void the_program_runs() {
    OwnScheduler.main(new String[0]);
  }
}

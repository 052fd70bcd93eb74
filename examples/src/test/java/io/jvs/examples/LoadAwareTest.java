package io.jvs.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.balancing.ServerStatus;
import io.jvs.model.SocketAddresses;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LoadAwareTest {
  @Test
  void who_does_more_with_less_gets_more() throws Exception {
    try (HttpServers servers = new HttpServers(2);
        LoadAware client = new LoadAware(servers.names(), Duration.ofMillis(100))) {
      servers.report(0, "TEXT cpu_utilization=0.2, rps_fractional=100");
      servers.report(1, "TEXT cpu_utilization=0.6, rps_fractional=100");
      while (weight(client, servers, 0) < 140) { // will be 150 of 200
        assertThat(servers.names()).contains(client.get("/"));
      }
      assertThat(weight(client, servers, 1)).isBetween(40.0, 70.0);
      int first = 0;
      for (int i = 0; i < 100; i++) {
        first += client.get("/").equals(servers.names().get(0)) ? 1 : 0;
      }
      assertThat(first).isBetween(65, 80);
    }
  }

  private static double weight(LoadAware client, HttpServers servers, int index) {
    ServerStatus status =
        client.balancer().status(SocketAddresses.parse(servers.names().get(index)));
    return status == null ? 0 : status.weight();
  }
}

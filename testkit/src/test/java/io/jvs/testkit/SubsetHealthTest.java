package io.jvs.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.balancing.LoadBalancer;
import io.jvs.balancing.RendezvousSubset;
import io.jvs.health.HealthMonitor;
import io.jvs.health.Probe;
import io.jvs.model.HealthDeclaration;
import io.jvs.model.RealServer;
import io.jvs.model.VirtualService;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class SubsetHealthTest {
  @Test
  void only_the_servers_of_the_subset_are_checked() {
    VirtualService.Builder service = VirtualService.inProcess("web").subset("client-1", 5);
    for (int i = 1; i <= 200; i++) {
      service.realServer("10.0.0." + i + ":80");
    }
    ManualTicker ticker = new ManualTicker();
    LoadBalancer balancer =
        LoadBalancer.builder(service.health(HealthDeclaration.tcpConnect()).build())
            .ticker(ticker)
            .build();
    Set<RealServer> checked = new HashSet<>();
    Probe probe =
        (server, declaration) -> {
          checked.add(server);
          return CompletableFuture.completedFuture(Probe.Result.PASSED);
        };
    try (HealthMonitor monitor =
        new HealthMonitor(new ManualExecutor(ticker), probe, new SplittableRandom(1))) {
      monitor.watch(balancer);
      ticker.advance(Duration.ofMinutes(1));
    }
    assertThat(checked)
        .hasSize(5)
        .containsExactlyInAnyOrderElementsOf(RendezvousSubset.of(balancer.service()));
  }
}

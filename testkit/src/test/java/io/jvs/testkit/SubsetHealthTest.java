package io.jvs.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.balancing.LoadBalancer;
import io.jvs.balancing.RendezvousSubset;
import io.jvs.health.CheckRunner;
import io.jvs.health.FunctionCheck;
import io.jvs.health.HealthMonitor;
import io.jvs.model.HealthDeclaration;
import io.jvs.model.RealServer;
import io.jvs.model.VirtualService;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SubsetHealthTest {
  @Test
  void only_the_servers_of_the_subset_are_checked() {
    VirtualService.Builder service = VirtualService.inProcess("web").subset("client-1", 5);
    for (int i = 1; i <= 200; i++) {
      service.realServer("10.0.0." + i + ":80");
    }
    Set<RealServer> checked = new HashSet<>();
    HealthDeclaration health = HealthDeclaration.of(FunctionCheck.of("seen", checked::add));
    ManualTicker ticker = new ManualTicker();
    LoadBalancer balancer =
        LoadBalancer.builder(service.health(health).build()).ticker(ticker).build();
    ManualExecutor executor = new ManualExecutor(ticker);
    try (HealthMonitor monitor =
        new HealthMonitor(new CheckRunner(executor, executor, 10), new SplittableRandom(1))) {
      monitor.watch(balancer);
      ticker.advance(Duration.ofMinutes(1));
    }
    assertThat(checked)
        .hasSize(5)
        .containsExactlyInAnyOrderElementsOf(RendezvousSubset.of(balancer.service()));
  }
}

package io.jvs.balancing;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.model.RealServer;
import io.jvs.model.SocketAddresses;
import io.jvs.model.VirtualService;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class StatusTest {
  private static final InetSocketAddress A = SocketAddresses.parse("10.0.0.1:80");

  @Test
  void nobody_sees_the_weight_of_one_definition_beside_another() {
    LoadBalancer balancer = LoadBalancer.of(service(1));
    CompletableFuture<Void> changes =
        CompletableFuture.runAsync(
            () -> {
              for (int i = 0; i < 20_000; i++) {
                balancer.apply(service(1 + i % 7));
              }
            });
    long looked = 0;
    while (!changes.isDone()) {
      ServerStatus status = Objects.requireNonNull(balancer.status(A));
      assertThat(status.weight()).isEqualTo(status.server().weight());
      looked++;
    }
    changes.join();
    assertThat(looked).isPositive();
  }

  @Test
  void metadata_alone_are_seen_too() {
    LoadBalancer balancer = LoadBalancer.of(service(1));
    RealServer zoned = RealServer.of(A).withMetadata(Map.of("zone", "a"));
    balancer.apply(balancer.service().toBuilder().realServers(List.of(zoned)).build());
    assertThat(Objects.requireNonNull(balancer.status(A)).server()).isEqualTo(zoned);
  }

  private static VirtualService service(int weight) {
    return VirtualService.inProcess("web").realServer(RealServer.of(A).withWeight(weight)).build();
  }
}

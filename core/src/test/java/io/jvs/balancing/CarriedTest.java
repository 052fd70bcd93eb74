package io.jvs.balancing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jvs.model.ConnectionLimits;
import io.jvs.model.Flow;
import io.jvs.model.RealServer;
import io.jvs.model.SocketAddresses;
import io.jvs.model.VirtualService;
import io.jvs.model.WeightCorrection;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What a transport has counted that does not ask for each flow. */
class CarriedTest {
  private static final InetSocketAddress A = SocketAddresses.parse("10.0.0.1:80");
  private static final InetSocketAddress B = SocketAddresses.parse("10.0.0.2:80");

  private final LoadBalancer balancer =
      LoadBalancer.of(
          VirtualService.tcp("192.0.2.1", 80)
              .scheduler("lc")
              .realServer(RealServer.of(A).withLimits(new ConnectionLimits(10, 8)))
              .realServer(RealServer.of(B))
              .build());

  @Test
  void counts_of_now_replace_those_before_and_counts_since_then_add_up() {
    report(A, new Carried(3, 2, 1, 5, 100, 1000));
    report(A, new Carried(1, 4, 0, 2, 10, 1));
    ServerStatus status = status(A);
    assertThat(List.of(status.active(), status.inactive(), status.templates()))
        .containsExactly(1, 4, 0);
    assertThat(List.of(status.opened(), status.bytesFromClients(), status.bytesToClients()))
        .containsExactly(7L, 110L, 1001L);
    assertThat(balancer.status().connections()).isEqualTo(5);
    assertThat(status(B).opened()).isZero();
  }

  @Test
  void connections_admitted_here_count_too() {
    report(A, new Carried(1, 0, 0, 1, 0, 0));
    report(B, new Carried(1, 0, 0, 1, 0, 0));
    try (Connection mine =
        (Connection)
            balancer.admit(
                Flow.tcp(
                    SocketAddresses.parse("192.0.2.7:1000"),
                    SocketAddresses.parse("192.0.2.1:80")))) {
      ServerStatus status = status(mine.server().address());
      assertThat(status.active()).isEqualTo(2);
      assertThat(status.opened()).isEqualTo(2);
    }
  }

  @Test
  void a_server_is_full_by_its_limit_and_its_weight_follows_its_connections() {
    balancer.apply(
        balancer.service().toBuilder().weightCorrection(new WeightCorrection(50, 10, 5)).build());
    report(A, new Carried(10, 0, 0, 10, 0, 0));
    assertThat(status(A).full()).isTrue();
    assertThat(status(A).weight()).isLessThan(1);
    report(A, new Carried(1, 0, 0, 0, 0, 0));
    assertThat(status(A).full()).isFalse();
    assertThat(status(A).weight()).isEqualTo(1);
  }

  @Test
  void a_removed_server_is_shown_while_it_has_connections() {
    report(A, new Carried(2, 0, 0, 2, 0, 0));
    balancer.apply(balancer.service().toBuilder().realServers(List.of(RealServer.of(B))).build());
    report(A, new Carried(1, 0, 0, 0, 0, 0));
    assertThat(balancer.status().removed()).extracting(ServerStatus::active).containsExactly(1);
    report(A, Carried.NONE);
    assertThat(balancer.status().removed()).isEmpty();
  }

  @Test
  void reports_of_strangers_are_ignored_and_wrong_ones_refused() {
    report(SocketAddresses.parse("10.0.0.3:80"), new Carried(1, 0, 0, 1, 0, 0));
    assertThat(balancer.status().connections()).isZero();
    assertThatThrownBy(() -> new Carried(0, -1, 0, 0, 0, 0))
        .hasMessage(
            "carried: active 0, inactive -1, templates 0, opened 0, bytes 0 and 0 (expected: none"
                + " below 0)");
  }

  private void report(InetSocketAddress server, Carried report) {
    balancer.control().carried(Map.of(server, report));
  }

  private ServerStatus status(InetSocketAddress server) {
    return Objects.requireNonNull(balancer.status(server));
  }
}

package io.jvs.balancing;

import static io.jvs.scheduling.KernelCompatibility.LINUX_6_1;
import static io.jvs.scheduling.KernelCompatibility.NEWEST;
import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.model.ConnectionLimits;
import io.jvs.model.RealServer;
import io.jvs.model.VirtualService;
import io.jvs.scheduling.KernelCompatibility;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** When a server counts as full, and when no longer: ip_vs_dest_update_overload and its edits. */
class OverloadTest {
  private static final RealServer SERVER = RealServer.of("10.0.0.1:80");

  private static final LoadBalancer SOMEBODYS =
      LoadBalancer.of(VirtualService.inProcess("limits").build());

  private static ServerState server(KernelCompatibility kernel, int upper, int lower, int bound) {
    ServerState server =
        new ServerState(
            SERVER.withLimits(new ConnectionLimits(upper, lower)),
            kernel,
            SOMEBODYS,
            Instant.EPOCH);
    for (int i = 0; i < bound; i++) {
      server.bind(i % 2 == 0); // active and inactive ones count alike
    }
    return server;
  }

  private static void limit(ServerState server, int upper, int lower) {
    server.redefine(SERVER.withLimits(new ConnectionLimits(upper, lower)));
  }

  /** How many connections are left when the server opens again. */
  private static int opensAt(ServerState server) {
    int left = server.active() + server.inactive();
    while (server.overloaded() && left > 0) {
      server.release(server.active() > 0);
      left--;
    }
    assertThat(server.overloaded()).isFalse();
    return left;
  }

  @ParameterizedTest
  @EnumSource
  void a_server_is_full_with_its_last_connection_and_open_below_three_quarters(
      KernelCompatibility kernel) {
    assertThat(server(kernel, 4, 0, 3).overloaded()).isFalse();
    assertThat(server(kernel, 4, 0, 4).overloaded()).isTrue();
    assertThat(opensAt(server(kernel, 4, 0, 4))).isEqualTo(2);
    for (int upper = 1; upper <= 200; upper++) {
      int expected = (upper * 3 - 1) / 4; // the most for which four times it is less than 3 * upper
      assertThat(opensAt(server(kernel, upper, 0, upper)))
          .as("upper %d", upper)
          .isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @EnumSource
  void with_a_lower_limit_it_is_open_when_fewer_are_left(KernelCompatibility kernel) {
    assertThat(opensAt(server(kernel, 8, 2, 8))).isEqualTo(1);
    assertThat(opensAt(server(kernel, 8, 8, 8))).isEqualTo(7);
    assertThat(opensAt(server(kernel, 1, 1, 1))).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void clients_that_return_to_a_full_server_count_too(KernelCompatibility kernel) {
    assertThat(opensAt(server(kernel, 4, 0, 7))).isEqualTo(2);
  }

  @ParameterizedTest
  @EnumSource
  void without_an_upper_limit_nothing_is_full(KernelCompatibility kernel) {
    assertThat(server(kernel, 0, 0, 1000).overloaded()).isFalse();
    ServerState server = server(kernel, 4, 0, 4);
    limit(server, 0, 0);
    assertThat(server.overloaded()).isFalse();
  }

  @Test
  void lowering_the_limit_under_the_connections_fills_a_server_in_new_kernels_only() {
    ServerState old = server(LINUX_6_1, 10, 0, 6);
    limit(old, 4, 0);
    assertThat(old.overloaded()).as("one more gets in").isFalse();
    old.bind(true);
    assertThat(old.overloaded()).isTrue();

    ServerState young = server(NEWEST, 10, 0, 6);
    limit(young, 4, 0);
    assertThat(young.overloaded()).isTrue();
    assertThat(opensAt(young)).isEqualTo(2);
  }

  @Test
  void raising_the_limit_opens_a_server_in_old_kernels_and_by_the_lower_limit_in_new_ones() {
    ServerState old = server(LINUX_6_1, 4, 0, 4);
    limit(old, 5, 0);
    assertThat(old.overloaded()).isFalse();

    ServerState young = server(NEWEST, 4, 0, 4);
    limit(young, 5, 0);
    assertThat(young.overloaded()).as("4 are not below 5 - 5/4").isTrue();
    limit(young, 8, 0);
    assertThat(young.overloaded()).as("4 are below 8 - 8/4").isFalse();
  }

  @Test
  void an_edit_between_the_limits_changes_nothing() {
    ServerState young = server(NEWEST, 10, 0, 9);
    limit(young, 10, 5);
    assertThat(young.overloaded()).isFalse();
    ServerState old = server(LINUX_6_1, 10, 0, 10);
    limit(old, 10, 5);
    assertThat(old.overloaded()).isTrue();
    limit(old, 9, 0);
    assertThat(old.overloaded()).as("a lower limit opens nothing").isTrue();
  }
}

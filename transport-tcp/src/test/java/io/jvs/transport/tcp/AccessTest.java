package io.jvs.transport.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.balancing.IntakeStatus;
import io.jvs.balancing.LoadBalancerEvent.FlowRefused;
import io.jvs.balancing.Refused.Cause;
import io.jvs.model.AccessList;
import io.jvs.model.Network;
import io.jvs.model.ServiceLimits;
import io.jvs.model.ServiceLimits.Rate;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/** Who may come in, and how many. */
class AccessTest {
  private static final Rate TWO_A_DAY = Rate.of(2, Duration.ofDays(1));

  @Engines
  void who_is_not_let_in_is_reset_and_the_reason_is_told(TcpEngine engine) throws Exception {
    try (TestServer server = TestServer.echo();
        Rig rig = Rig.of(engine, service -> service.access(deny("127.0.0.0/8")), server)) {
      assertThat(rig.endOfNewClient()).isEqualTo("reset");
      Sockets.await("counted", () -> rig.balancer.refused(Cause.NOT_ALLOWED) == 1);
      assertThat(rig.events)
          .filteredOn(FlowRefused.class::isInstance)
          .singleElement()
          .hasToString("web: refused (not-allowed): 127.0.0.1 is not let in by the access list");
      assertThat(server.accepted()).isZero();
      rig.awaitConnections(0);
    }
  }

  @Engines
  void a_changed_access_list_holds_for_new_clients_alone(TcpEngine engine) throws Exception {
    try (TestServer server = TestServer.echo();
        Rig rig = Rig.of(engine, server)) {
      Socket client = rig.client();
      Sockets.ping(client);
      rig.apply(rig.balancer.service().toBuilder().access(deny("127.0.0.1")).build());
      assertThat(rig.endOfNewClient()).isEqualTo("reset");
      Sockets.ping(client);
      rig.apply(rig.balancer.service().toBuilder().access(AccessList.EVERYBODY).build());
      Sockets.ping(rig.client());
    }
  }

  @Engines
  void a_service_and_a_client_have_so_many_connections(TcpEngine engine) throws Exception {
    try (TestServer server = TestServer.echo();
        Rig rig =
            Rig.of(engine, s -> s.limits(new ServiceLimits(0, 2, null, null, null)), server)) {
      Socket first = rig.client();
      Sockets.ping(first);
      Sockets.ping(rig.client());
      assertThat(rig.endOfNewClient()).isEqualTo("reset");
      assertThat(rig.balancer.refused(Cause.CLIENT_FULL)).isEqualTo(1);
      assertThat(intake(rig).connections()).isEqualTo(2);
      assertThat(intake(rig).clients()).isEqualTo(1);
      first.close();
      rig.awaitConnections(1);
      Sockets.ping(rig.client());

      rig.apply(
          rig.balancer.service().toBuilder()
              .limits(new ServiceLimits(2, 0, null, null, null))
              .build());
      assertThat(rig.endOfNewClient()).isEqualTo("reset");
      assertThat(rig.balancer.refused(Cause.SERVICE_FULL)).isEqualTo(1);
    }
  }

  @Engines
  void a_client_without_a_server_gives_its_place_back(TcpEngine engine) throws Exception {
    try (Rig rig = Rig.of(engine, s -> s.limits(new ServiceLimits(1, 1, null, null, null)))) {
      for (int i = 0; i < 3; i++) {
        assertThat(rig.endOfNewClient()).isEqualTo("reset");
      }
      Sockets.await("all are gone", () -> rig.balancer.refused(Cause.NO_SERVERS) == 3);
      assertThat(rig.balancer.refused(Cause.SERVICE_FULL)).isZero();
    }
  }

  @Engines
  void new_connections_come_no_faster_than_they_may(TcpEngine engine) throws Exception {
    try (TestServer server = TestServer.echo();
        Rig rig =
            Rig.of(engine, s -> s.limits(new ServiceLimits(0, 0, null, TWO_A_DAY, null)), server)) {
      Sockets.ping(rig.client());
      Sockets.ping(rig.client());
      assertThat(rig.endOfNewClient()).isEqualTo("reset");
      assertThat(rig.balancer.refused(Cause.CLIENT_TOO_FAST)).isEqualTo(1);
      rig.apply(
          rig.balancer.service().toBuilder()
              .limits(new ServiceLimits(0, 0, TWO_A_DAY, null, null))
              .build());
      Sockets.ping(rig.client());
      Sockets.ping(rig.client());
      assertThat(rig.endOfNewClient()).isEqualTo("reset");
      assertThat(rig.balancer.refused(Cause.TOO_FAST)).isEqualTo(1);
    }
  }

  private static IntakeStatus intake(Rig rig) {
    return Objects.requireNonNull(rig.balancer.status().intake());
  }

  private static AccessList deny(String network) {
    return new AccessList(List.of(), List.of(Network.parse(network)));
  }
}

package io.jvs.transport.udp;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.balancing.Fault;
import io.jvs.lab.network.Namespace;
import io.jvs.model.RealServer;
import java.util.Objects;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;

/** Real servers that the system knows no way to, which it says at once. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class UnroutableTest {
  private static final RealServer NO_NETWORK = RealServer.of("192.0.2.7:53"); // ENETUNREACH
  private static final RealServer NO_HOST = RealServer.of("198.51.100.7:53"); // EHOSTUNREACH

  @Engines
  void their_flows_go_on_to_a_server_that_there_is_a_way_to(UdpEngine engine) {
    withoutWays(
        () -> {
          try (Peer server = Peer.server();
              Rig rig = rig(engine, UdpOptions.DEFAULT, server)) {
            for (int i = 0; i < 3; i++) { // each of the three servers is the first one's turn
              Peer client = rig.client();
              client.send(rig.address, "question " + i);
              Peer.Received asked = server.receive();
              assertThat(asked.text()).isEqualTo("question " + i);
              server.send(asked.from(), "answer " + i);
              assertThat(client.receive().text()).isEqualTo("answer " + i);
            }
            assertThat(faults(rig, NO_NETWORK)).isPositive();
            assertThat(faults(rig, NO_HOST)).isPositive();
            assertThat(notSent(rig)).isZero();
          }
        });
  }

  /** The batch has gone when the first of it is known to be lost. */
  @Engines
  void many_datagrams_at_once_move_their_flow_once(UdpEngine engine) {
    withoutWays(
        () -> {
          try (Peer server = Peer.server();
              Rig rig = rig(engine, UdpOptions.DEFAULT, server)) {
            Peer client = rig.client();
            for (int i = 0; i < 50; i++) {
              client.send(rig.address, "question " + i);
            }
            while (!server.receive().text().equals("question 49")) {}
            assertThat(faults(rig, NO_NETWORK)).isLessThanOrEqualTo(1);
            assertThat(faults(rig, NO_HOST)).isLessThanOrEqualTo(1);
            assertThat(rig.flows()).isEqualTo(1);
          }
        });
  }

  @Engines
  void without_another_server_the_flow_is_over(UdpEngine engine) {
    withoutWays(
        () -> {
          try (Rig rig = rig(engine, UdpOptions.DEFAULT)) {
            rig.client().send(rig.address, "question");
            Rig.await(
                "both have failed", () -> faults(rig, NO_HOST) + faults(rig, NO_NETWORK) == 2);
            Rig.await("the flow is over", () -> rig.flows() == 0);
          }
        });
  }

  @Engines
  void what_nobody_sends_again_is_counted_as_lost(UdpEngine engine) {
    withoutWays(
        () -> {
          try (Rig rig = rig(engine, UdpOptions.DEFAULT.withResponses(0))) {
            rig.client().send(rig.address, "line of a log");
            Rig.await("it is counted", () -> notSent(rig) == 1);
          }
        });
  }

  private static void withoutWays(Namespace.Step step) {
    try (Namespace network = Namespace.open("no-way")) {
      network.sh("ip route add unreachable 198.51.100.0/24");
      network.run(step);
    }
  }

  private static Rig rig(UdpEngine engine, UdpOptions options, Peer... servers) throws Exception {
    return Rig.of(
        UdpTransport.builder().engine(engine).eventLoopThreads(1),
        "127.0.0.1",
        service -> service.realServer(NO_NETWORK).realServer(NO_HOST).transportOptions(options),
        servers);
  }

  private static long faults(Rig rig, RealServer server) {
    return Objects.requireNonNull(rig.balancer.status(server.address()))
        .failures()
        .getOrDefault(Fault.UNREACHABLE, 0L);
  }

  private static long notSent(Rig rig) {
    return rig.transport.status().dropped(UdpDrop.NOT_SENT);
  }
}

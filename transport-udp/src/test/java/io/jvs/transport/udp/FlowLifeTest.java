package io.jvs.transport.udp;

import static io.jvs.transport.udp.Peer.exchange;
import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.balancing.Refused;
import io.jvs.model.ConnectionLimits;
import io.jvs.model.Failover;
import io.jvs.model.ServiceLimits;
import io.jvs.model.ServiceLimits.Rate;
import io.jvs.transport.ClosedConnection;
import io.jvs.transport.ClosedConnection.Ending;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;

/** What limits, changes and the end of the transport mean for flows. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class FlowLifeTest {
  private static final UdpOptions ONE_ANSWER = UdpOptions.DEFAULT.withResponses(1);

  @Engines
  void a_server_has_so_many_flows_and_the_next_one_goes_elsewhere(UdpEngine engine)
      throws Exception {
    try (Peer small = Peer.server();
        Peer large = Peer.server();
        Rig rig =
            Rig.of( // one loop, since two that look at the same moment may both find room
                UdpTransport.builder().engine(engine).eventLoopThreads(1),
                service ->
                    service
                        .realServer(large.realServer())
                        .realServer(small.realServer().withLimits(new ConnectionLimits(2, 0))))) {
      for (int i = 0; i < 10; i++) {
        rig.client().send(rig.address, "question");
      }
      for (int i = 0; i < 8; i++) {
        large.receive();
      }
      assertThat(rig.status(small).inactive()).isEqualTo(2);
      assertThat(rig.status(large).inactive()).isEqualTo(8);
    }
  }

  @Engines
  void when_all_servers_are_full_new_flows_are_refused_until_one_ends(UdpEngine engine)
      throws Exception {
    try (Peer server = Peer.server();
        Rig rig =
            Rig.of(
                engine,
                service ->
                    service
                        .transportOptions(ONE_ANSWER)
                        .realServer(server.realServer().withLimits(new ConnectionLimits(1, 0))))) {
      Peer first = rig.client();
      first.send(rig.address, "question");
      InetSocketAddress port = server.receive().from();
      rig.client().send(rig.address, "one too many");
      Rig.await("refused", () -> rig.balancer.refused(Refused.Cause.ALL_FULL) == 1);
      server.send(port, "answer");
      Rig.await("no flow", () -> rig.flows() == 0 && rig.balancer.status().connections() == 0);
      exchange(rig.client(), rig.address, server);
    }
  }

  @Engines
  void a_service_has_limits_of_flows_and_of_their_rate(UdpEngine engine) throws Exception {
    try (Peer server = Peer.server();
        Rig rig =
            Rig.of(
                engine,
                service -> service.limits(new ServiceLimits(2, 0, null, null, null)),
                server)) {
      for (int i = 0; i < 3; i++) {
        rig.client().send(rig.address, "question");
      }
      Rig.await("full", () -> rig.balancer.refused(Refused.Cause.SERVICE_FULL) == 1);
      Rig.await("dropped", () -> rig.transport.status().dropped(UdpDrop.REFUSED) == 1);

      Rate daily = new Rate(1, Duration.ofDays(1), 1);
      rig.apply(rig.service.toBuilder().limits(new ServiceLimits(0, 0, null, daily, null)).build());
      for (int i = 0; i < 3; i++) {
        rig.client().send(rig.address, "question");
      }
      Rig.await("too fast", () -> rig.balancer.refused(Refused.Cause.CLIENT_TOO_FAST) == 2);
      assertThat(rig.balancer.intake()).isNotNull();
    }
  }

  @Engines
  void a_quiesced_server_keeps_its_flows_and_gets_no_new_ones(UdpEngine engine) throws Exception {
    try (Peer leaving = Peer.server();
        Peer staying = Peer.server();
        Rig rig = Rig.of(engine, staying, leaving)) { // rr begins with the newest
      Peer old = rig.client();
      exchange(old, rig.address, leaving);

      rig.apply(rig.service.withWeight(leaving.address(), 0));

      exchange(old, rig.address, leaving);
      for (int i = 0; i < 4; i++) {
        exchange(rig.client(), rig.address, staying);
      }
    }
  }

  @Engines
  void a_removed_server_keeps_its_flows(UdpEngine engine) throws Exception {
    try (Peer leaving = Peer.server();
        Peer staying = Peer.server();
        Rig rig = Rig.of(engine, staying, leaving)) {
      Peer old = rig.client();
      exchange(old, rig.address, leaving);
      rig.apply(rig.service.toBuilder().realServers(List.of(staying.realServer())).build());
      exchange(old, rig.address, leaving);
      exchange(rig.client(), rig.address, staying);
    }
  }

  @Engines
  void flows_of_a_server_that_fails_are_reset_if_the_service_says_so(UdpEngine engine)
      throws Exception {
    List<ClosedConnection> ended = new CopyOnWriteArrayList<>();
    try (Peer failing = Peer.server();
        Peer staying = Peer.server();
        Rig rig =
            Rig.of(
                UdpTransport.builder().engine(engine).connectionListener(ended::add),
                service -> service.failover(Failover.DEFAULT.resetConnections(true)),
                staying,
                failing)) {
      Peer client = rig.client();
      exchange(client, rig.address, failing);

      rig.balancer.markDown(failing.address(), "3 checks failed");

      Rig.await("its end", () -> ended.size() == 1);
      assertThat(ended.get(0).ending()).isEqualTo(Ending.DROPPED);
      assertThat(ended.get(0).cause()).contains("3 checks failed");
      exchange(client, rig.address, staying);
    }
  }

  @Engines
  void a_service_that_is_gone_and_comes_back_is_heard_of_once(UdpEngine engine) throws Exception {
    try (Peer server = Peer.server();
        Rig rig =
            Rig.of(
                engine,
                service -> service.failover(Failover.DEFAULT.resetConnections(true)),
                server)) {
      Peer client = rig.client();
      exchange(client, rig.address, server);
      rig.transport.apply(List.of());
      rig.balancer.markDown(server.address(), "while it is not carried");
      exchange(client, rig.address, server);
      assertThat(rig.balancer.intake()).isNull();
    }
  }

  @Engines
  void while_it_drains_a_quiet_flow_is_over_and_a_busy_one_goes_on(UdpEngine engine)
      throws Exception {
    try (Peer server = Peer.server();
        Rig rig = Rig.of(engine, server)) {
      long begun = System.nanoTime();
      Peer quiet = rig.client();
      exchange(quiet, rig.address, server);
      Peer busy = rig.client();
      exchange(busy, rig.address, server);
      Thread closing = new Thread(() -> rig.transport.close(Duration.ofMinutes(5)));
      closing.start();
      while (rig.flows() == 2) { // the timeout of flows is 5 minutes
        exchange(busy, rig.address, server);
        assertThat(System.nanoTime() - begun).isLessThan(Duration.ofSeconds(30).toNanos());
      }
      assertThat(System.nanoTime() - begun)
          .as("the quiet one had its time")
          .isGreaterThan(UdpTransport.QUIET.minusSeconds(1).toNanos());
      exchange(busy, rig.address, server);
      Peer late = rig.client();
      late.send(rig.address, "too late");
      closing.join(30_000);
      assertThat(closing.isAlive()).as("the busy one has become quiet").isFalse();
      assertThat(rig.transport.connections()).isEmpty();
    }
  }

  @Engines
  void what_is_left_at_the_deadline_is_dropped(UdpEngine engine) throws Exception {
    List<ClosedConnection> ended = new CopyOnWriteArrayList<>();
    try (Peer server = Peer.server();
        Rig rig =
            Rig.of(
                UdpTransport.builder().engine(engine).connectionListener(ended::add),
                service -> service,
                server)) {
      exchange(rig.client(), rig.address, server);
      rig.transport.close(Duration.ofMillis(200));
      assertThat(ended)
          .singleElement()
          .extracting(ClosedConnection::ending)
          .isEqualTo(Ending.DROPPED);
      assertThat(rig.balancer.status().connections()).isZero();
    }
  }
}

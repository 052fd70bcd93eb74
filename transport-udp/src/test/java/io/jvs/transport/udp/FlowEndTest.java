package io.jvs.transport.udp;

import static io.jvs.transport.udp.Peer.exchange;
import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.balancing.LoadBalancerEvent;
import io.jvs.balancing.Refused;
import io.jvs.model.AccessList;
import io.jvs.model.Network;
import io.jvs.model.ServiceLimits;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class FlowEndTest {
  private static final UdpOptions PLAIN = UdpOptions.DEFAULT;

  @Engines
  void a_flow_is_over_when_the_expected_answers_have_come(UdpEngine engine) throws Exception {
    try (Peer server = Peer.server();
        Rig rig =
            Rig.of(engine, service -> service.transportOptions(PLAIN.withResponses(2)), server)) {
      Peer client = rig.client();
      client.send(rig.address, "question");
      InetSocketAddress port = server.receive().from();
      server.send(port, "one");
      assertThat(client.receive().text()).isEqualTo("one");
      assertThat(rig.flows()).isEqualTo(1);

      server.send(port, "two");

      assertThat(client.receive().text()).isEqualTo("two");
      Rig.await("no flow", () -> rig.flows() == 0 && rig.balancer.status().connections() == 0);
    }
  }

  @Engines
  void its_port_serves_the_next_flow(UdpEngine engine) throws Exception {
    try (Peer server = Peer.server();
        Rig rig =
            Rig.of(
                UdpTransport.builder().engine(engine).eventLoopThreads(1),
                service -> service.transportOptions(PLAIN.withResponses(1)),
                server)) {
      for (int i = 0; i < 20; i++) {
        exchange(rig.client(), rig.address, server);
        Rig.await("no flow", () -> rig.flows() == 0);
      }
      assertThat(rig.transport.status().sourcePorts()).isEqualTo(1);
    }
  }

  @Engines
  void a_service_that_never_answers_keeps_no_flows(UdpEngine engine) throws Exception {
    try (Peer server = Peer.server();
        Rig rig =
            Rig.of(engine, service -> service.transportOptions(PLAIN.withResponses(0)), server)) {
      Peer client = rig.client();
      for (int i = 0; i < 10; i++) {
        client.send(rig.address, "line " + i);
        assertThat(server.receive().text()).isEqualTo("line " + i);
      }
      Rig.await("no flow", () -> rig.flows() == 0);
      assertThat(rig.status(server).opened()).isEqualTo(10);
      assertThat(rig.status(server).failed()).isZero();
    }
  }

  @Engines
  void an_idle_flow_is_over_after_its_timeout(UdpEngine engine) throws Exception {
    try (Peer server = Peer.server();
        Rig rig =
            Rig.of(engine, service -> service.timeouts(Rig.idle(Duration.ofMillis(300))), server)) {
      Peer client = rig.client();
      client.send(rig.address, "question");
      InetSocketAddress port = server.receive().from();
      Rig.await("no flow", () -> rig.flows() == 0 && rig.balancer.status().connections() == 0);

      server.send(port, "too late");

      Rig.await("a stray", () -> rig.transport.status().dropped(UdpDrop.STRAY) == 1);
    }
  }

  /** Linux tells of unreachable ports; the JDK's channels do not. */
  @Test
  void what_a_dead_server_was_asked_goes_to_another_one() throws Exception {
    Peer dead = Peer.server();
    dead.close();
    try (Peer alive = Peer.server();
        Rig rig = Rig.of(UdpEngine.EPOLL, dead, alive)) {
      for (int i = 0; i < 4; i++) {
        Peer client = rig.client();
        client.send(rig.address, "question " + i);
        Peer.Received asked = alive.receive();
        assertThat(asked.text()).isEqualTo("question " + i);
        alive.send(asked.from(), "answer " + i);
        assertThat(client.receive().text()).isEqualTo("answer " + i);
      }
      assertThat(rig.events)
          .anySatisfy(
              event ->
                  assertThat(event)
                      .isInstanceOfSatisfying(
                          LoadBalancerEvent.ConnectionFailed.class,
                          failed -> assertThat(failed.reason()).isEqualTo("port unreachable")));
      assertThat(rig.status(dead).failed()).isPositive();
    }
  }

  @Engines
  void what_a_silent_server_was_asked_goes_to_another_one_in_time(UdpEngine engine)
      throws Exception {
    try (Peer silent = Peer.server();
        Peer alive = Peer.server();
        Rig rig =
            Rig.of(
                engine,
                service -> service.transportOptions(PLAIN.withRetryAfter(Duration.ofSeconds(1))),
                alive,
                silent)) { // rr begins with the newest
      Peer client = rig.client();
      client.send(rig.address, "question");
      assertThat(silent.receive().text()).isEqualTo("question");

      Peer.Received asked = alive.receive();
      alive.send(asked.from(), "answer");

      assertThat(client.receive().text()).isEqualTo("answer");
      assertThat(rig.status(silent).failed()).isEqualTo(1);
    }
  }

  @Engines
  void when_there_are_too_many_the_one_goes_that_nobody_has_answered(UdpEngine engine)
      throws Exception {
    try (Peer server = Peer.server();
        Rig rig =
            Rig.of(
                UdpTransport.builder().engine(engine).eventLoopThreads(1).maxFlows(10),
                service -> service,
                server)) {
      Peer regular = rig.client();
      InetSocketAddress port = exchange(regular, rig.address, server);

      for (int i = 0; i < 100; i++) {
        rig.client().send(rig.address, "flood " + i);
        assertThat(server.receive().text()).isEqualTo("flood " + i);
      }

      assertThat(rig.flows()).isEqualTo(10);
      assertThat(rig.transport.status().evicted()).isEqualTo(91);
      server.send(port, "still here");
      assertThat(regular.receive().text()).isEqualTo("still here");
    }
  }

  @Engines
  void access_and_limits_are_those_of_flows(UdpEngine engine) throws Exception {
    try (Peer server = Peer.server();
        Rig rig =
            Rig.of(
                engine,
                service ->
                    service
                        .limits(new ServiceLimits(0, 2, null, null, null))
                        .transportOptions(PLAIN.withResponses(1)),
                server)) {
      Peer first = rig.client();
      first.send(rig.address, "one");
      rig.client().send(rig.address, "two");
      InetSocketAddress port = server.receive().from();
      server.receive();
      rig.client().send(rig.address, "three");
      Rig.await("a refusal", () -> rig.balancer.refused(Refused.Cause.CLIENT_FULL) == 1);

      server.send(port, "over");
      Rig.await("one flow", () -> rig.flows() == 1);
      rig.client().send(rig.address, "four");
      assertThat(server.receive().text()).isEqualTo("four");

      AccessList nobody = new AccessList(List.of(), List.of(Network.parse("127.0.0.0/8")));
      rig.apply(rig.service.toBuilder().access(nobody).build());
      rig.client().send(rig.address, "five");
      Rig.await("no access", () -> rig.balancer.refused(Refused.Cause.NOT_ALLOWED) == 1);
    }
  }
}

package io.jvs.transport.udp;

import static io.jvs.transport.udp.Peer.exchange;
import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.balancing.Fault;
import io.jvs.balancing.Timing;
import io.jvs.model.Protocol;
import io.jvs.model.VirtualService;
import io.jvs.transport.ClosedConnection;
import io.jvs.transport.ClosedConnection.Ending;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/** What a listener is told of flows that have ended, and what is counted of them. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class FlowEndingsTest {
  private static final UdpOptions PLAIN = UdpOptions.DEFAULT;

  private final List<ClosedConnection> ended = new CopyOnWriteArrayList<>();

  private UdpTransport.Builder transport(UdpEngine engine) {
    return UdpTransport.builder().engine(engine).eventLoopThreads(1).connectionListener(ended::add);
  }

  private Rig rig(UdpEngine engine, UnaryOperator<VirtualService.Builder> change, Peer... servers)
      throws IOException {
    return Rig.of(transport(engine), change, servers);
  }

  private ClosedConnection next() {
    Rig.await("the end is told", () -> !ended.isEmpty());
    return ended.remove(0);
  }

  @Engines
  void one_that_had_its_answers_has_all_durations_and_bytes(UdpEngine engine) throws Exception {
    try (Peer server = Peer.server();
        Rig rig =
            rig(engine, service -> service.transportOptions(PLAIN.withResponses(2)), server)) {
      Peer client = rig.client();
      client.send(rig.address, "question");
      InetSocketAddress port = server.receive().from();
      long id = rig.transport.connections().findFirst().orElseThrow().id();
      server.send(port, "one");
      client.receive();
      server.send(port, "three");
      client.receive();

      ClosedConnection end = next();

      assertThat(end.id()).isEqualTo(id);
      assertThat(end.protocol()).isEqualTo(Protocol.UDP);
      assertThat(end.service()).isEqualTo("dns");
      assertThat(end.client()).isEqualTo(client.address());
      assertThat(end.virtualAddress()).isEqualTo(rig.address);
      assertThat(end.server()).isEqualTo(server.realServer());
      assertThat(end.ending()).isEqualTo(Ending.ANSWERED);
      assertThat(end.failed()).isFalse();
      assertThat(end.fault()).isNull();
      assertThat(end.cause()).isNull();
      assertThat(end.attempts()).isEqualTo(1);
      assertThat(end.failures()).isEmpty();
      assertThat(end.waited()).isZero();
      assertThat(end.connecting()).isNull();
      assertThat(end.firstByte()).isPositive().isLessThan(end.total());
      assertThat(end.bytesFromClient()).isEqualTo(8);
      assertThat(end.bytesToClient()).isEqualTo(8);
      assertThat(rig.balancer.durations(Timing.FIRST_BYTE).sum()).isEqualTo(end.firstByte());
      assertThat(rig.balancer.durations(Timing.TOTAL).sum()).isEqualTo(end.total());
      assertThat(rig.balancer.durations(Timing.CONNECT).count()).isZero();
    }
  }

  @Engines
  void an_idle_one_is_no_failure_and_lasted_until_its_last_datagram(UdpEngine engine)
      throws Exception {
    try (Peer server = Peer.server();
        Rig rig =
            rig(engine, service -> service.timeouts(Rig.idle(Duration.ofMillis(900))), server)) {
      long begun = System.nanoTime();
      exchange(rig.client(), rig.address, server);
      Duration took = Duration.ofNanos(System.nanoTime() - begun);

      ClosedConnection end = next();

      assertThat(end.ending()).isEqualTo(Ending.IDLE);
      assertThat(end.failed()).isFalse();
      assertThat(end.total()).as("not the time that it was idle").isLessThanOrEqualTo(took);
    }
  }

  @Engines
  void an_unanswered_one_is_a_failure_only_where_answers_are_expected(UdpEngine engine)
      throws Exception {
    try (Peer server = Peer.server();
        Rig rig =
            rig(engine, service -> service.timeouts(Rig.idle(Duration.ofMillis(200))), server)) {
      rig.client().send(rig.address, "line");
      ClosedConnection silent = next();
      assertThat(silent.ending()).isEqualTo(Ending.IDLE);
      assertThat(silent.server()).isEqualTo(server.realServer());
      assertThat(silent.firstByte()).isNull();
      assertThat(silent.failed()).isFalse();

      rig.apply(rig.service.toBuilder().transportOptions(PLAIN.withResponses(1)).build());
      rig.client().send(rig.address, "question");
      ClosedConnection owed = next();
      assertThat(owed.ending()).isEqualTo(Ending.IDLE);
      assertThat(owed.fault()).isEqualTo(Fault.NO_ANSWER);
      assertThat(owed.failed()).isTrue();
      assertThat(rig.balancer.durations(Timing.TOTAL).count()).as("of those answered").isZero();
    }
  }

  @Engines
  void servers_that_were_tried_in_vain_are_named(UdpEngine engine) throws Exception {
    try (Peer silent = Peer.server();
        Peer alive = Peer.server();
        Rig rig =
            rig(
                engine,
                service ->
                    service.transportOptions(
                        PLAIN.withResponses(1).withRetryAfter(Duration.ofSeconds(1))),
                alive,
                silent)) { // rr begins with the newest
      Peer client = rig.client();
      client.send(rig.address, "question");
      alive.send(alive.receive().from(), "answer");
      client.receive();

      ClosedConnection end = next();

      assertThat(end.ending()).isEqualTo(Ending.ANSWERED);
      assertThat(end.server()).isEqualTo(alive.realServer());
      assertThat(end.attempts()).isEqualTo(2);
      assertThat(end.failures())
          .singleElement()
          .satisfies(
              failure -> {
                assertThat(failure.server()).isEqualTo(silent.realServer());
                assertThat(failure.fault()).isEqualTo(Fault.NO_ANSWER);
                assertThat(failure.reason()).isEqualTo("no answer within 1000 ms");
              });
      assertThat(end.firstByte()).isGreaterThan(Duration.ofMillis(100));
      assertThat(end.failed()).isTrue();
    }
  }

  /** Linux tells of unreachable ports; the JDK's channels do not. */
  @Test
  void one_whose_server_is_not_there_is_unreachable() throws Exception {
    Peer dead = Peer.server();
    dead.close();
    try (Rig rig = rig(UdpEngine.EPOLL, service -> service, dead)) {
      rig.client().send(rig.address, "question");

      ClosedConnection end = next();

      assertThat(end.ending()).isEqualTo(Ending.UNREACHABLE);
      assertThat(end.fault()).isEqualTo(Fault.REFUSED);
      assertThat(end.cause()).isEqualTo("port unreachable");
      assertThat(end.server()).isEqualTo(dead.realServer());
      assertThat(end.attempts()).isEqualTo(1);
      assertThat(end.failures()).hasSize(1);
      assertThat(rig.status(dead).failures()).containsEntry(Fault.REFUSED, 1L);
    }
  }

  @Engines
  void evicted_dropped_and_refused_ones_say_so(UdpEngine engine) throws Exception {
    try (Peer server = Peer.server();
        Rig rig = Rig.of(transport(engine).maxFlows(1), "127.0.0.1", service -> service, server)) {
      Peer first = rig.client();
      first.send(rig.address, "one");
      server.receive();
      rig.client().send(rig.address, "two");
      server.receive();
      ClosedConnection evicted = next();
      assertThat(evicted.ending()).isEqualTo(Ending.EVICTED);
      assertThat(evicted.client()).isEqualTo(first.address());
      assertThat(evicted.failed()).isFalse();

      rig.transport.reset(flow -> true, "reset by alice");
      ClosedConnection dropped = next();
      assertThat(dropped.ending()).isEqualTo(Ending.DROPPED);
      assertThat(dropped.cause()).isEqualTo("reset by alice");
      assertThat(dropped.failed()).isFalse();

      rig.balancer.apply(rig.service.toBuilder().realServers(List.of()).build());
      Peer last = rig.client();
      last.send(rig.address, "three");
      ClosedConnection refused = next();
      assertThat(refused.ending()).isEqualTo(Ending.REFUSED);
      assertThat(refused.cause()).isEqualTo("no-servers");
      assertThat(refused.client()).isEqualTo(last.address());
      assertThat(refused.server()).isNull();
      assertThat(refused.attempts()).isZero();
      assertThat(refused.failed()).isTrue();
      assertThat(rig.transport.status().dropped(UdpDrop.REFUSED)).isEqualTo(1);
    }
  }

  @Engines
  void the_end_of_the_transport_is_told_too(UdpEngine engine) throws Exception {
    try (Peer server = Peer.server();
        Rig rig = rig(engine, service -> service, server)) {
      rig.client().send(rig.address, "question");
      server.receive();
      rig.transport.close();
      assertThat(next().cause()).isEqualTo("the transport ends");
    }
  }

  @Engines
  void datagrams_that_are_flows_of_their_own_are_told_if_somebody_wants(UdpEngine engine)
      throws Exception {
    try (Peer server = Peer.server();
        Rig rig =
            rig(engine, service -> service.transportOptions(PLAIN.withResponses(0)), server)) {
      Peer client = rig.client();
      for (int i = 0; i < 3; i++) {
        client.send(rig.address, "line");
        ClosedConnection end = next();
        assertThat(end.ending()).isEqualTo(Ending.ANSWERED);
        assertThat(end.bytesFromClient()).isEqualTo(4);
        assertThat(end.failed()).isFalse();
      }
    }
  }

  @Engines
  void a_listener_that_fails_harms_nobody(UdpEngine engine) throws Exception {
    try (Peer server = Peer.server();
        Rig rig =
            Rig.of(
                UdpTransport.builder()
                    .engine(engine)
                    .connectionListener(
                        end -> {
                          throw new IllegalStateException("on purpose");
                        }),
                service -> service.transportOptions(PLAIN.withResponses(1)),
                server)) {
      for (int i = 0; i < 3; i++) {
        exchange(rig.client(), rig.address, server);
      }
      Rig.await("no flow", () -> rig.flows() == 0);
    }
  }
}

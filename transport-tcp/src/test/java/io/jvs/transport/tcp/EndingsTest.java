package io.jvs.transport.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.balancing.Fault;
import io.jvs.balancing.Timing;
import io.jvs.model.RealServer;
import io.jvs.model.Timeouts;
import io.jvs.model.VirtualService;
import io.jvs.transport.ClosedConnection;
import io.jvs.transport.ClosedConnection.Ending;
import io.jvs.transport.ConnectionListener;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;

/** What a listener is told of connections that have ended, and what is counted of them. */
class EndingsTest {
  private final List<ClosedConnection> ended = new CopyOnWriteArrayList<>();

  private Rig rig(TcpEngine engine, TestServer... servers) {
    return rig(engine, service -> service, servers);
  }

  private Rig rig(
      TcpEngine engine, UnaryOperator<VirtualService.Builder> change, TestServer... servers) {
    return Rig.of(
        TcpTransport.builder().engine(engine).eventLoopThreads(2).connectionListener(ended::add),
        change,
        servers);
  }

  private ClosedConnection next() {
    Sockets.await("the end is told", () -> !ended.isEmpty());
    return ended.remove(0);
  }

  private static UnaryOperator<VirtualService.Builder> idle(Duration idle) {
    Timeouts usual = Timeouts.DEFAULT;
    return service ->
        service.timeouts(new Timeouts(usual.connect(), idle, usual.tcpFin(), usual.udp()));
  }

  @Engines
  void a_good_end_has_all_durations_and_bytes_and_the_id_of_the_listing(TcpEngine engine)
      throws Exception {
    try (TestServer server = TestServer.echo();
        Rig rig = rig(engine, server)) {
      Socket client = rig.client();
      Sockets.ping(client);
      long id = rig.transport.connections().findFirst().orElseThrow().id();
      client.close();
      ClosedConnection end = next();
      assertThat(end.id()).isEqualTo(id);
      assertThat(end.service()).isEqualTo("web");
      assertThat(end.virtualAddress()).isEqualTo(rig.address);
      assertThat(end.server()).isEqualTo(server.realServer());
      assertThat(end.ending()).isEqualTo(Ending.CLOSED);
      assertThat(end.failed()).isFalse();
      assertThat(end.fault()).isNull();
      assertThat(end.cause()).isNull();
      assertThat(end.attempts()).isEqualTo(1);
      assertThat(end.failures()).isEmpty();
      assertThat(end.bytesFromClient()).isEqualTo(4);
      assertThat(end.bytesToClient()).isEqualTo(4);
      assertThat(end.waited()).isZero();
      assertThat(end.connecting()).isPositive().isLessThan(end.total());
      assertThat(end.firstByte()).isPositive().isLessThan(end.total());
      for (Timing part : Timing.values()) {
        assertThat(rig.balancer.durations(part).count()).as("%s", part).isEqualTo(1);
      }
      assertThat(rig.balancer.durations(Timing.TOTAL).sum()).isEqualTo(end.total());
    }
  }

  @Engines
  void the_time_to_the_first_byte_begins_with_the_question(TcpEngine engine) throws Exception {
    try (TestServer server = TestServer.echo();
        Rig rig = rig(engine, server)) {
      Socket client = rig.client();
      rig.awaitConnections(1);
      long connected = System.nanoTime();
      Sockets.await(
          "the client has thought",
          () -> System.nanoTime() - connected > Duration.ofMillis(400).toNanos());
      Sockets.ping(client);
      client.close();
      ClosedConnection end = next();
      assertThat(end.total()).isGreaterThan(Duration.ofMillis(350));
      assertThat(end.firstByte()).isPositive().isLessThan(end.total().minusMillis(200));
    }
  }

  @Engines
  void a_server_that_speaks_first_is_measured_from_its_connect_on(TcpEngine engine)
      throws Exception {
    try (TestServer server =
            TestServer.that(
                socket -> {
                  Sockets.send(socket, "hello");
                  TestServer.ECHO.serve(socket);
                });
        Rig rig = rig(engine, server)) {
      Socket client = rig.client();
      assertThat(Sockets.receive(client, 5)).isEqualTo("hello");
      Sockets.ping(client); // which is after the first byte, and does not count
      client.close();
      ClosedConnection end = next();
      assertThat(end.firstByte()).isPositive().isLessThan(end.total());
    }
  }

  @Engines
  void a_reset_is_told_with_who_did_it(TcpEngine engine) throws Exception {
    try (TestServer server = TestServer.passive();
        Rig rig = rig(engine, server)) {
      Socket client = rig.client();
      Sockets.send(client, "question");
      assertThat(Sockets.receive(server.next(), 8)).isEqualTo("question");
      Sockets.reset(client);
      ClosedConnection byClient = next();
      assertThat(byClient.ending()).isEqualTo(Ending.CLIENT_RESET);
      assertThat(byClient.failed()).isFalse();
      assertThat(byClient.firstByte()).isNull();

      Sockets.send(rig.client(), "question");
      Socket accepted = server.next();
      assertThat(Sockets.receive(accepted, 8)).isEqualTo("question");
      Sockets.reset(accepted);
      ClosedConnection byServer = next();
      assertThat(byServer.ending()).isEqualTo(Ending.SERVER_RESET);
      assertThat(byServer.fault()).isEqualTo(Fault.RESET);
      assertThat(byServer.cause()).isEqualTo("connection reset by the server");
      assertThat(byServer.failed()).isTrue();
      assertThat(rig.status(server).failures()).containsOnly(Map.entry(Fault.RESET, 1L));
      assertThat(rig.status(server).failed()).isEqualTo(1);
    }
  }

  @Engines
  void attempts_that_failed_are_told_with_their_reasons(TcpEngine engine) throws Exception {
    try (TestServer alive = TestServer.echo();
        TestServer dead = TestServer.echo();
        Rig rig = rig(engine, alive, dead)) {
      dead.kill();
      Socket client = rig.client();
      Sockets.ping(client);
      client.close();
      ClosedConnection end = next();
      assertThat(end.attempts()).isEqualTo(2);
      assertThat(end.failures())
          .containsExactly(
              new ClosedConnection.FailedAttempt(
                  dead.realServer(), Fault.REFUSED, "connection refused"));
      assertThat(end.ending()).isEqualTo(Ending.CLOSED);
      assertThat(end.server()).isEqualTo(alive.realServer());
      assertThat(end.failed()).as("an attempt has").isTrue();
      assertThat(rig.status(dead).failures()).containsEntry(Fault.REFUSED, 1L);
      assertThat(rig.balancer.status().failures()).containsEntry(Fault.REFUSED, 1L);
    }
  }

  @Engines
  void a_refusal_is_told_with_its_cause_and_measured_as_nothing(TcpEngine engine) throws Exception {
    try (TestServer dead = TestServer.echo();
        Rig rig = rig(engine, dead)) {
      dead.kill();
      assertThat(rig.endOfNewClient()).isEqualTo("reset");
      ClosedConnection end = next();
      assertThat(end.ending()).isEqualTo(Ending.REFUSED);
      assertThat(end.cause()).isEqualTo("all-tried");
      assertThat(end.server()).isNull();
      assertThat(end.connecting()).isNull();
      assertThat(end.attempts()).isEqualTo(1);
      assertThat(end.failures()).hasSize(1);
      assertThat(rig.balancer.durations(Timing.TOTAL).count()).isZero();
    }
  }

  @Engines
  void a_client_beyond_the_limit_is_refused_for_it(TcpEngine engine) throws Exception {
    try (TestServer server = TestServer.echo();
        Rig rig =
            Rig.of(
                TcpTransport.builder()
                    .engine(engine)
                    .maxConnections(1)
                    .connectionListener(ended::add),
                service -> service,
                server)) {
      Sockets.ping(rig.client());
      assertThat(rig.endOfNewClient()).isEqualTo("reset");
      ClosedConnection end = next();
      assertThat(end.ending()).isEqualTo(Ending.REFUSED);
      assertThat(end.cause()).isEqualTo("max-connections");
      assertThat(end.attempts()).isZero();
    }
  }

  @Engines
  void silence_is_told_as_idle_and_as_a_fault_only_if_an_answer_was_owed(TcpEngine engine)
      throws Exception {
    try (TestServer server = TestServer.passive();
        Rig rig = rig(engine, idle(Duration.ofSeconds(1)), server)) {
      rig.client();
      ClosedConnection unasked = next();
      assertThat(unasked.ending()).isEqualTo(Ending.IDLE);
      assertThat(unasked.fault()).isNull();
      Sockets.send(rig.client(), "question");
      ClosedConnection asked = next();
      assertThat(asked.ending()).isEqualTo(Ending.IDLE);
      assertThat(asked.fault()).isEqualTo(Fault.NO_ANSWER);
      assertThat(asked.cause()).isEqualTo("no answer within 1 s");
    }
  }

  @Engines
  void a_close_instead_of_an_answer_is_a_fault(TcpEngine engine) throws Exception {
    try (TestServer server = TestServer.that(socket -> Sockets.receive(socket, 8));
        Rig rig = rig(engine, server)) {
      Socket client = rig.client();
      Sockets.send(client, "question");
      assertThat(client.getInputStream().read()).isEqualTo(-1);
      client.close();
      ClosedConnection end = next();
      assertThat(end.ending()).isEqualTo(Ending.CLOSED);
      assertThat(end.fault()).isEqualTo(Fault.CLOSED_UNANSWERED);
    }
  }

  @Engines
  void who_is_dropped_hears_by_whom(TcpEngine engine) throws Exception {
    try (TestServer server = TestServer.echo();
        Rig rig = rig(engine, server)) {
      Sockets.ping(rig.client());
      assertThat(rig.transport.reset(each -> true, "reset by alice")).isEqualTo(1);
      ClosedConnection byOperator = next();
      assertThat(byOperator.ending()).isEqualTo(Ending.DROPPED);
      assertThat(byOperator.cause()).isEqualTo("reset by alice");
      assertThat(byOperator.failed()).isFalse();

      Sockets.ping(rig.client());
      rig.balancer.control().resetConnections(server.address(), "moved");
      assertThat(next().cause()).isEqualTo("moved");

      Sockets.ping(rig.client());
      rig.transport.close();
      assertThat(next().cause()).isEqualTo("the transport ends");
    }
  }

  @Engines
  void faults_of_connects_are_told_apart(TcpEngine engine) throws Exception {
    try (Blackhole silent = new Blackhole();
        TestServer dead = TestServer.echo();
        Rig rig =
            rig(
                engine,
                service ->
                    service
                        .timeouts(
                            new Timeouts(
                                Duration.ofMillis(200),
                                Timeouts.DEFAULT.tcp(),
                                Timeouts.DEFAULT.tcpFin(),
                                Timeouts.DEFAULT.udp()))
                        .realServer(silent.realServer())
                        .realServer(RealServer.of("no-such-host.invalid:80")),
                dead)) {
      dead.kill();
      assertThat(rig.endOfNewClient()).isEqualTo("reset");
      assertThat(next().failures())
          .extracting(ClosedConnection.FailedAttempt::fault)
          .containsExactlyInAnyOrder(Fault.REFUSED, Fault.CONNECT_TIMEOUT, Fault.NAME_NOT_FOUND);
      assertThat(rig.balancer.status().failures())
          .containsOnlyKeys(Fault.REFUSED, Fault.CONNECT_TIMEOUT, Fault.NAME_NOT_FOUND);
    }
  }

  @Engines
  void a_listener_that_throws_or_wants_nothing_does_no_harm(TcpEngine engine) throws Exception {
    ConnectionListener moody =
        new ConnectionListener() {
          @Override
          public boolean wants(long id, boolean failed) {
            return failed;
          }

          @Override
          public void ended(ClosedConnection connection) {
            ended.add(connection);
            throw new IllegalStateException("moody");
          }
        };
    try (TestServer server = TestServer.echo();
        Rig rig =
            Rig.of(
                TcpTransport.builder().engine(engine).connectionListener(moody),
                service -> service,
                server)) {
      Socket good = rig.client();
      Sockets.ping(good);
      good.close();
      rig.awaitConnections(0);
      assertThat(ended).isEmpty();
      server.kill();
      assertThat(rig.endOfNewClient()).isEqualTo("reset");
      assertThat(next().ending()).isEqualTo(Ending.REFUSED);
      rig.awaitConnections(0);
    }
  }
}
